import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseRange } from './range.ts';

test('exact values and every kind of interval', () => {
  assert.deepEqual(parseRange('integer', '5'), { lower: 5, lowerInclusive: true, upper: 5, upperInclusive: true });
  assert.deepEqual(parseRange('integer', '[1,9)'), { lower: 1, lowerInclusive: true, upper: 9, upperInclusive: false });
  assert.deepEqual(parseRange('integer', '(-3,9]'), {
    lower: -3,
    lowerInclusive: false,
    upper: 9,
    upperInclusive: true,
  });
  assert.deepEqual(parseRange('integer', '[1,]'), { lower: 1, lowerInclusive: true, upperInclusive: true });
  assert.deepEqual(parseRange('date', '(,2026-02-28]'), {
    lowerInclusive: false,
    upper: '2026-02-28',
    upperInclusive: true,
  });
  assert.deepEqual(parseRange('amount', '[0.05,1000]'), {
    lower: 5,
    lowerInclusive: true,
    upper: 100_000,
    upperInclusive: true,
  });
  assert.deepEqual(parseRange('timestamp', '2026-01-01T01:00:00.5+01:00').lower, new Date('2026-01-01T00:00:00.500Z'));
});

test('what is no range is a bad request that does not repeat it', () => {
  const refused = {
    integer: [
      '',
      ' 5',
      '1e2',
      '0x10',
      '5.0',
      '+5',
      '[5]',
      '[5,',
      '5,6',
      '[,]',
      '(,)',
      '[9,1]',
      '[1,2,3]',
      '{1,2}',
      '[a,5]',
      '[1,b]',
      '9'.repeat(16),
      `[${'0'.repeat(90)},]`,
    ],
    timestamp: [
      '2026-01-01',
      '2026-01-01T00:00:00',
      '2026-02-30T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:00:60Z',
      '2026-01-01T00:00:00+25:00',
    ],
    date: ['2026-02-30', '2026-13-01', '0000-01-01', '2026-1-1', '2026-01-01T00:00:00Z'],
    amount: ['1.5', '1.555', '$5', '1,000.00', '-', '12345678901234'],
  } as const;
  for (const kind of ['integer', 'timestamp', 'date', 'amount'] as const) {
    for (const text of refused[kind]) {
      assert.throws(
        () => parseRange(kind, text, 'createdAt'),
        (error: Error & { type: string; detail: string }) =>
          error.type === 'badRequest' && error.detail.startsWith('createdAt must be') && error.detail.length <= 256,
        `${kind} ${text}`,
      );
    }
  }
});

test('any two integers in order make the four intervals, in the other order none', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer(),
      fc.constantFrom('[', '('),
      fc.constantFrom(']', ')'),
      (a, b, open, close) => {
        const [lower, upper] = a <= b ? [a, b] : [b, a];
        const range = parseRange('integer', `${open}${lower},${upper}${close}`);
        assert.deepEqual(range, { lower, lowerInclusive: open === '[', upper, upperInclusive: close === ']' });
        if (a !== b) assert.throws(() => parseRange('integer', `${open}${upper},${lower}${close}`));
      },
    ),
  );
});

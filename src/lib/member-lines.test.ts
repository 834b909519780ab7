import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeMemberLines, encodeMemberLines, memberLineAt } from './member-lines.ts';

test('lines come back as they went', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff_ffff)), (lines) => {
      const encoded = encodeMemberLines(Uint32Array.from(lines));
      assert.deepEqual([...decodeMemberLines(encoded, lines.length)], lines);
    }),
  );
});

test('one line is read alone', async () => {
  const lines = [1, 256, 65_536, 0xffff_ffff, 7];
  const encoded = encodeMemberLines(Uint32Array.from(lines));
  for (const [rank, line] of lines.entries()) {
    assert.equal(await memberLineAt(encoded, { memberCount: lines.length, rank }), line);
  }
  await assert.rejects(memberLineAt(encoded, { memberCount: 4, rank: 0 }));
});

test('the lines of a shuffled list take less than 3 bytes a member', () => {
  const count = 100_000;
  const lines = Uint32Array.from({ length: count }, (_none, rank) => ((rank * 61_933) % count) + 1);
  assert.ok(encodeMemberLines(lines).length < count * 3);
});

test('another number of members is an error', () => {
  const encoded = encodeMemberLines(Uint32Array.of(1, 2, 3));
  assert.throws(() => decodeMemberLines(encoded, 2));
  assert.throws(() => decodeMemberLines(encoded, 4));
});

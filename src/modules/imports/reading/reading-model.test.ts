import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packValues } from '../../../crypto/packed-values.ts';
import { bitmapFrom } from '../../../lib/bitmap.ts';
import { decodeMemberLines } from '../../../lib/member-lines.ts';
import { type IdentifierTypeName, tokenize } from '../../identifiers/index.ts';
import { fixtureKeys, fixtureOptions, listed, outcomesOf, readOutcomes, readStaged } from './list-fixture.ts';
import { MatchResolver } from './match-resolver.ts';
import { readNaively } from './naive-list-fixture.ts';
import type { ListOptions } from './reading-types.ts';
import type { StagedList } from './staged-list.ts';

const taxIds = ['212345678', '212-34-5679', '12345678', '012345678', '2345678', '002345678', '0000001', '3456781'];
const parts = fc.constantFrom(
  ...[
    ...taxIds,
    '\n',
    '\n',
    '\r\n',
    '\r',
    ',',
    ';',
    '\t',
    ' ',
    '"',
    '""',
    '="',
    "'",
    '=',
    'x',
    '\u00fc',
    '\u200b',
    '\u00a0',
    '\uFFFD',
  ],
);
/** Half of the lines are a tax id alone, so that duplicates and repairs are frequent. */
const line = fc.oneof(
  fc.constantFrom(...taxIds),
  fc.array(parts, { maxLength: 8 }).map((pieces) => pieces.join('')),
);
const text = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '')), { maxLength: 20 })
  .map((lines) => lines.flat().join(''));
const options = fc.record({
  identifierType: fc.constantFrom<IdentifierTypeName>('taxIdNumber', 'coreCustomerId', 'accountNumber', 'username'),
  includesHeader: fc.boolean(),
  multipleMatches: fc.constantFrom('include' as const, 'exclude' as const),
  repairs: fc.constantFrom([], ['restoreLeadingZeros'] as const),
});

/** Up to three customers a value, shared by values. */
function customersOf(value: string): number[] {
  const sum = [...value].reduce((total, character) => total + character.charCodeAt(0), 0);
  return Array.from({ length: [1, 0, 1, 3][sum % 4] ?? 0 }, (_none, index) => (sum * (index + 1)) % 11);
}

test('a list has the outcomes, members and member lines that the rules say', async () => {
  await fc.assert(
    fc.asyncProperty(text, options, async (content, chosen) => {
      const naive = readNaively(content, fixtureOptions(chosen), customersOf);
      const values = validValues(content, chosen);
      const staged = await readStaged(content, chosen);
      using resolver = new MatchResolver(staged);
      resolver.add(pairsOf(staged, chosen.identifierType, values));
      const resolution = resolver.resolve();
      assert.deepEqual(listed(outcomesOf(resolution.ledger)), listed(naive.outcomes));
      const { summary } = staged;
      const before = summary.headerCount + summary.blankCount + summary.invalidCount + summary.duplicateCount;
      const after = resolution.unmatchedCount + resolution.ambiguousCount + resolution.matchedCount;
      assert.equal(summary.lineCount, before + after);
      assert.equal(summary.lineCount, naive.outcomes.size);
      using members = bitmapFrom(resolution.members);
      assert.deepEqual(
        members.toArray(),
        [...naive.memberLines.keys()].toSorted((a, b) => a - b),
      );
      assert.equal(resolution.customerCount, members.size);
      assert.deepEqual(
        [...decodeMemberLines(resolver.memberLines(resolution.members), members.size)],
        members.toArray().map((member) => naive.memberLines.get(member)),
      );
    }),
    { numRuns: 300 },
  );
});

test('where the borders of the pieces fall changes nothing', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
  const encodings = fc.constantFrom('utf8' as const, 'utf16le' as const, 'latin1' as const);
  const column = fc.constantFrom(undefined, 1, 2);
  await fc.assert(
    fc.asyncProperty(text, options, sizes, encodings, column, async (content, chosen, pieces, encoding, position) => {
      const bytes = Buffer.from(encoding === 'utf16le' ? `\ufeff${content}` : content, encoding);
      const wanted = position === undefined ? chosen : { ...chosen, column: position };
      assert.deepEqual(await settled(bytes, wanted, pieces), await settled(bytes, wanted, []));
    }),
    { numRuns: 300 },
  );
});

test('the repair suggestion counts the lines that would match with the repair on', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (content) => {
      const repaired = fixtureOptions({ repairs: ['restoreLeadingZeros'] });
      const expected = readNaively(content, repaired, customersOf).outcomes;
      const values = validValues(content, repaired);
      const staged = await readStaged(content);
      using resolver = new MatchResolver(staged);
      resolver.add(pairsOf(staged, 'taxIdNumber', values));
      const { matchedCount, matchedCountAfterRepair, members } = resolver.resolve();
      using found = bitmapFrom(members);
      const { memberLines } = readNaively(content, fixtureOptions(), customersOf);
      assert.deepEqual(new Set(found), new Set(memberLines.keys()), 'a line that could be repaired names nobody');
      const matched = [...expected.values()].filter((outcome) => outcome === 'matched').length;
      assert.equal(matchedCountAfterRepair ?? matchedCount, matched);
    }),
    { numRuns: 300 },
  );
});

function validValues(content: string, chosen: Partial<ListOptions>): string[] {
  const values: string[] = [];
  readNaively(content, fixtureOptions(chosen), (value) => {
    values.push(value);
    return [];
  });
  return values;
}

/** What the join would give: each staged line with the customers of its value, in a scrambled order, some twice. */
function pairsOf(staged: StagedList, type: IdentifierTypeName, values: readonly string[]): Uint8Array {
  const key = fixtureKeys().indexKeys[type][0]?.key;
  const tokens = tokenize(type, key, packValues(values));
  const valueByToken = new Map(values.map((value, index) => [hexToken(tokens, index * 16), value]));
  const pairs: number[][] = [];
  for (let index = 0; index < staged.tokens.size; index += 1) {
    const value = valueByToken.get(hexToken(staged.tokens.tokensOf(index), staged.tokens.tokenOffset(index)));
    for (const customer of customersOf(value ?? '')) pairs.unshift([staged.tokens.lineAt(index), customer]);
  }
  const bytes = Buffer.alloc((pairs.length + 1) * 8);
  const rows = [...pairs, ...pairs.slice(0, 1)];
  rows.forEach(([line = 0, customer = 0], index) => {
    bytes.writeInt32BE(line, index * 8);
    bytes.writeInt32BE(customer, index * 8 + 4);
  });
  return bytes.subarray(0, rows.length * 8);
}

function hexToken(bytes: Uint8Array, start: number): string {
  return Buffer.from(bytes.subarray(start, start + 16)).toString('hex');
}

async function settled(...[bytes, wanted, sizes]: [Uint8Array, Parameters<typeof readOutcomes>[1], readonly number[]]) {
  try {
    return await readOutcomes(bytes, wanted, { sizes });
  } catch (error) {
    return String(error);
  }
}

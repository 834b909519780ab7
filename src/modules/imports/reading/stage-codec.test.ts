import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { copyLineRows } from './copy-rows.ts';
import { fixtureKeys, inPieces, readStaged } from './list-fixture.ts';
import { exportStage, importStage } from './stage-codec.ts';
import type { StagedList } from './staged-list.ts';

const keys = fixtureKeys({ generations: 2 });

/** Everything that can be seen of a staged list. */
function seen({ tokens, ...rest }: StagedList) {
  const rows: Uint8Array[] = [];
  for (let part = copyLineRows(tokens, 0); part !== undefined; part = copyLineRows(tokens, part.nextPosition)) {
    rows.push(part.rows);
  }
  const ledger = rest.ledger.map((entry) => ({ ...entry, lines: Buffer.from(entry.lines) }));
  return { ...rest, ledger, sampleRows: Buffer.from(rest.sampleRows), rows: Buffer.concat(rows) };
}

test('a stage comes back as it went, cut in any way', async () => {
  const lines = fc.array(fc.constantFrom('212345678', '12345678', '312345678', '', 'x', '1,2', '7654321'), {
    maxLength: 50,
  });
  const sizes = fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(lines, sizes, async (list, pieces) => {
      const staged = await readStaged(list.join('\n'), {}, { keys });
      const bytes = Buffer.concat([...exportStage(staged)]);
      const imported = await importStage(inPieces(bytes, pieces), async () => {});
      assert.deepEqual(seen(imported), seen(staged));
      staged.tokens[Symbol.dispose]();
      imported.tokens[Symbol.dispose]();
    }),
    { numRuns: 100 },
  );
});

test('a large stage goes in parts of at most 1 MiB, and its rows are whole COPY rows', async () => {
  const content = Array.from({ length: 70_000 }, (_none, line) => 200_000_000 + line).join('\n');
  const staged = await readStaged(content, {}, { keys });
  const parts = [...exportStage(staged)];
  assert.ok(parts.length > 2 && parts.every((part) => part.length <= 1_048_576));
  const imported = await importStage(inPieces(Buffer.concat(parts), [131_072]), async () => {});
  const { rows } = seen(imported);
  assert.deepEqual(rows, seen(staged).rows);
  assert.equal(rows.length, 70_000 * 2 * 30);
  assert.equal(rows.readInt16BE(30 * 5), 2);
  assert.equal(rows.readInt32BE(30 * 5 + 2), 4);
  assert.equal(rows.readInt32BE(30 * 5 + 6), 3);
  assert.equal(rows.readInt32BE(30 * 5 + 10), 16);
  staged.tokens[Symbol.dispose]();
  imported.tokens[Symbol.dispose]();
});

test('no raw value is in a stage', async () => {
  const staged = await readStaged('canary-212\ncanary-313,x\n', { identifierType: 'coreCustomerId' });
  assert.equal(Buffer.concat([...exportStage(staged)]).includes('canary'), false);
});

test('a stage that is cut, longer or of another version is refused', async () => {
  const staged = await readStaged('212345678\n', {}, { keys });
  const bytes = Buffer.concat([...exportStage(staged)]);
  const other = Buffer.from(bytes.toString('latin1').replace('"version":1', '"version":9'), 'latin1');
  for (const broken of [bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.from('x')]), other, Buffer.alloc(0)]) {
    await assert.rejects(
      importStage(inPieces(broken), async () => {}),
      /damaged or of another version/,
    );
  }
});

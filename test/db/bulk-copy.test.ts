import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Database, InstitutionTx } from '../../src/db/transaction.ts';
import { copyRows } from '../support/copy-rows.ts';
import { forEachEngine } from '../support/engines.ts';

const target = { table: 'list', columns: ['line', 'note'] };

forEachEngine((engine) => {
  let database: Database;

  before(async () => {
    database = await engine.freshDatabase();
  });

  test('100,000 rows arrive in the temporary table of the transaction, and it stays the application role', async () => {
    const result = await database.inInstitution(
      'ALPHA',
      async (tx) => {
        await createList(tx);
        await database.bulkCopy(tx, target, manyChunks(100, 1_000));
        const { rows } = await tx.client.query(
          'select count(*)::int as count, sum(line)::int8 as sum, max(note) as note, current_user as role from list',
        );
        return rows[0];
      },
      { lane: 'bulk' },
    );
    assert.deepEqual(result, { count: 100_000, sum: 4_999_950_000, note: 'n99999', role: 'rollcall_app' });
  });

  test('many megabytes arrive in pieces that end in the middle of rows', async () => {
    const rows: Uint8Array[] = [];
    for await (const chunk of manyChunks(1_000, 1_000)) rows.push(chunk);
    const bytes = Buffer.concat(rows);
    const pieceBytes = 1_000_003;
    const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_none, index) =>
      bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
    );
    assert.ok(bytes.length > 10_000_000);
    const count = await database.asOperator(async (tx) => {
      await tx.client.query('create temporary table list (line int4, note text) on commit drop');
      await database.bulkCopy(tx, target, chunksOf(pieces));
      return (await tx.client.query('select count(*)::int as count from list')).rows[0];
    });
    assert.deepEqual(count, { count: 1_000_000 });
  });

  test('no chunk, no row', async () => {
    const count = await database.asOperator(async (tx) => {
      await tx.client.query('create temporary table list (line int4, note text) on commit drop');
      await database.bulkCopy(tx, target, manyChunks(0, 0));
      return (await tx.client.query('select count(*)::int as count from list')).rows[0];
    });
    assert.deepEqual(count, { count: 0 });
  });

  test('only a temporary table takes the rows', async () => {
    await assert.rejects(
      database.asOperator((tx) => database.bulkCopy(tx, { table: 'audit_entry', columns: ['a'] }, manyChunks(1, 1))),
      ({ code }) => code === '42P01',
    );
    await assert.rejects(
      database.asOperator((tx) => database.bulkCopy(tx, { table: 'public.x', columns: ['a'] }, manyChunks(1, 1))),
      TypeError,
    );
  });

  test('a chunk that is no COPY data fails the transaction, and the next one works', async () => {
    const broken = database.inInstitution('ALPHA', async (tx) => {
      await createList(tx);
      await database.bulkCopy(tx, target, chunksOf([Buffer.from('00090000', 'hex')]));
    });
    await assert.rejects(broken, ({ code }) => code === '22P04');
    await database.inInstitution('ALPHA', createList);
  });

  test('a source that fails in mid-copy fails the transaction with its own error', async () => {
    const failing = database.inInstitution('ALPHA', async (tx) => {
      await createList(tx);
      await database.bulkCopy(tx, target, failingChunks());
    });
    await assert.rejects(failing, /the source broke/);
    await database.inInstitution('ALPHA', createList);
  });

  test('rows go into the transaction they were given to while others run', async () => {
    const [copied, others] = await Promise.all([
      database.inInstitution('ALPHA', async (tx) => {
        await createList(tx);
        await database.bulkCopy(tx, target, manyChunks(20, 10));
        return (await tx.client.query('select count(*)::int as count from list')).rows[0];
      }),
      Promise.all(
        Array.from({ length: 10 }, () =>
          database.inInstitution('BETA', async (tx) => {
            await createList(tx);
            return (await tx.client.query('select count(*)::int as count from list')).rows[0];
          }),
        ),
      ),
    ]);
    assert.deepEqual(copied, { count: 200 });
    assert.deepEqual(
      others,
      Array.from({ length: 10 }, () => ({ count: 0 })),
    );
  });
});

async function createList(tx: InstitutionTx): Promise<void> {
  await tx.client.query('create temporary table list (line int4, note text) on commit drop');
}

async function* manyChunks(chunks: number, rows: number): AsyncIterable<Uint8Array> {
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    yield copyRows(Array.from({ length: rows }, (_, row) => [chunk * rows + row, `n${chunk * rows + row}`]));
  }
}

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* chunks;
}

async function* failingChunks(): AsyncIterable<Uint8Array> {
  yield copyRows([[1, 'one']]);
  throw new Error('the source broke');
}

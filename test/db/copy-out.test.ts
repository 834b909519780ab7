import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type RawBuilder, sql } from 'kysely';
import { copyOut } from '../../src/db/copy-out.ts';
import type { Database } from '../../src/db/transaction.ts';
import { forEachEngine } from '../support/engines.ts';

forEachEngine((engine) => {
  let database: Database;
  before(async () => {
    database = await engine.freshDatabase();
  });

  const read = (query: RawBuilder<unknown>) =>
    database.inInstitution('ALPHA', async (tx) => {
      const rows: Buffer[][] = [];
      for await (const fields of copyOut(tx, query)) rows.push(fields);
      return rows;
    });

  test('rows of numbers, texts, bytes and nulls come as their types send them', async () => {
    const rows = await read(sql`select 7, ${sql.lit("it's ñ")}, '\\x00ff'::bytea, null::text, ''::text`);
    assert.deepEqual(rows, [
      [Buffer.of(0, 0, 0, 7), Buffer.from("it's ñ"), Buffer.of(0, 255), Buffer.alloc(0), Buffer.alloc(0)],
    ]);
  });

  test('no row, many small ones, and some of megabytes that end in the middle of pieces', async () => {
    assert.deepEqual(await read(sql`select 1 where false`), []);
    const many = await read(sql`select number from generate_series(1, 50000) number`);
    assert.deepEqual(
      many.map(([field]) => field?.readInt32BE()),
      Array.from({ length: 50_000 }, (_none, index) => index + 1),
    );
    const large = await read(
      sql`select number, decode(repeat(lpad(to_hex(number), 2, '0'), 3000000 + number), 'hex') from generate_series(1, 4) number`,
    );
    for (const [index, [number, bytes]] of large.entries()) {
      assert.equal(number?.readInt32BE(), index + 1);
      assert.ok(bytes?.equals(Buffer.alloc(3_000_001 + index, index + 1)));
    }
  });

  test('whoever stops early, and whoever asks wrongly, can go on with the connection', async () => {
    const rest = await database.inInstitution('ALPHA', async (tx) => {
      for await (const _fields of copyOut(tx, sql`select number from generate_series(1, 500000) number`)) break;
      return await sql<{ next: number }>`select 8 as next`.execute(tx.db);
    });
    assert.deepEqual(rest.rows, [{ next: 8 }]);
    await assert.rejects(read(sql`select 1 / (3 - number) from generate_series(1, 5) number`), { code: '22012' });
    assert.equal((await read(sql`select 1`)).length, 1);
    await assert.rejects(read(sql`select ${1}::integer`), TypeError);
  });
});

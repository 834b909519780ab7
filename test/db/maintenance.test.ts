import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maintain } from '../../src/db/embedded/maintenance.ts';
import { forEachEngine } from '../support/engines.ts';

forEachEngine((engine) => {
  if (engine.name !== 'embedded') return;

  test('a table that changed much is vacuumed, the log is cut, and then there is nothing to do', async () => {
    const database = await engine.freshDatabase();
    await database.withConnection((client) => client.query('checkpoint'));
    await database.asOperator((tx) =>
      tx.client.query(`insert into departed_customer select 'ALPHA', gen_random_uuid() from generate_series(1, 20000)`),
    );
    await database.asOperator((tx) => tx.client.query('delete from departed_customer'));
    const limits = { logBytesMax: 1024 * 1024, changedRowsMin: 1_000 };
    const first = await maintain(database, limits);
    assert.equal(first.checkpoint, true);
    assert(first.vacuumed.includes('public.departed_customer'));
    const second = await maintain(database, limits);
    assert.equal(second.checkpoint, false);
    assert(!second.vacuumed.includes('public.departed_customer'));
  });
});

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Database } from '../../src/db/transaction.ts';
import { forEachEngine } from '../support/engines.ts';

forEachEngine((engine) => {
  let database: Database;

  before(async () => {
    database = await engine.freshDatabase();
    await insertInstitution(database, 'ALPHA');
    await insertInstitution(database, 'BETA');
  });

  test('a transaction sees its own institution only, even without a where', async () => {
    const names = await database.inInstitution('ALPHA', (tx) => tx.db.selectFrom('institution').select('id').execute());
    assert.deepEqual(names, [{ id: 'ALPHA' }]);
  });
});

async function insertInstitution(database: Database, id: string): Promise<void> {
  await database.asOperator((tx) =>
    tx.db
      .insertInto('institution')
      .values({ id, name: id, created_at: new Date(0) })
      .execute(),
  );
}

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Database } from '../../src/db/transaction.ts';
import { Problem } from '../../src/lib/problem.ts';
import { forEachEngine } from '../support/engines.ts';

const madeAt = new Date('2026-01-02T03:04:05Z');

forEachEngine((engine) => {
  let database: Database;

  before(async () => {
    database = await engine.freshDatabase();
    for (const id of ['ALPHA', 'BETA']) await insertInstitution(id);
  });

  test('work that returns is committed, work that throws is not', async () => {
    const failure = new Error('changed my mind');
    await assert.rejects(
      database.asOperator(async (tx) => {
        await tx.db.updateTable('institution').set({ name: 'Lost' }).where('id', '=', 'ALPHA').execute();
        throw failure;
      }),
      failure,
    );
    assert.equal(await nameOf('ALPHA'), 'ALPHA');
    await rename('ALPHA', 'Kept');
    assert.equal(await nameOf('ALPHA'), 'Kept');
  });

  test('rollBack runs everything, returns the value and keeps nothing', async () => {
    const seen = await database.inInstitution(
      'BETA',
      async (tx) => {
        await tx.db.updateTable('institution').set({ name: 'Preview' }).where('id', '=', 'BETA').execute();
        return await tx.db.selectFrom('institution').select('name').executeTakeFirstOrThrow();
      },
      { rollBack: true },
    );
    assert.deepEqual(seen, { name: 'Preview' });
    assert.equal(await nameOf('BETA'), 'BETA');
  });

  test('an institution sees and changes its own rows only, even without a where', async () => {
    const seen = await database.inInstitution('ALPHA', async (tx) => {
      await tx.db.updateTable('institution').set({ customer_version: 7 }).execute();
      return await tx.db.selectFrom('institution').select(['id', 'customer_version']).execute();
    });
    assert.deepEqual(seen, [{ id: 'ALPHA', customer_version: 7 }]);
    assert.deepEqual(
      await database.asOperator((tx) =>
        tx.db.selectFrom('institution').select('customer_version').where('id', '=', 'BETA').execute(),
      ),
      [{ customer_version: 0 }],
    );
  });

  test('a row of another institution cannot be written', async () => {
    const insert = database.inInstitution('ALPHA', (tx) =>
      tx.db.insertInto('departed_customer').values({ institution_id: 'BETA', core_customer_token: token }).execute(),
    );
    await assert.rejects(insert, ({ code }) => code === '42501');
  });

  test('the institution and the role end with the transaction', async () => {
    await database.inInstitution('ALPHA', async () => {});
    const left = await database.inAuthentication(async (tx) => {
      const { rows } = await tx.client.query(
        `select current_user = session_user as free, coalesce(current_setting('rollcall.institution', true), '') as name`,
      );
      return rows[0];
    });
    assert.deepEqual(left, { free: true, name: '' });
  });

  test('an institution id that is none is refused before it reaches SQL', async () => {
    await assert.rejects(
      database.inInstitution("X'; select 1", async () => {}),
      TypeError,
    );
  });

  test('a transaction inside a transaction is refused', async () => {
    const nested = database.asOperator(() => database.inInstitution('ALPHA', async () => {}));
    await assert.rejects(nested, /a transaction is already held/);
    await database.inInstitution('ALPHA', async () => {});
  });

  test('what a transaction started may open its own once the first has ended', async () => {
    const held = Promise.withResolvers<void>();
    const { later } = await database.inInstitution('ALPHA', async () => ({
      later: held.promise.then(() => database.inInstitution('ALPHA', async () => 'done')),
    }));
    held.resolve();
    assert.equal(await later, 'done');
  });

  test('a builder kept after its transaction writes nothing', async () => {
    const kept = await database.asOperator(async (tx) => ({ db: tx.db }));
    await assert.rejects(kept.db.deleteFrom('institution').execute(), /transaction of this statement has ended/);
  });

  test('a serialization failure runs the work again', async () => {
    let runs = 0;
    const value = await database.asOperator(async (tx) => {
      runs += 1;
      if (runs < 3) await raise(tx.client, '40001');
      return runs;
    });
    assert.equal(value, 3);
  });

  test('after five lost races it gives up with 503', async () => {
    let runs = 0;
    const losing = database.asOperator(async (tx) => {
      runs += 1;
      await raise(tx.client, '40P01');
    });
    await assert.rejects(losing, isUnavailable);
    assert.equal(runs, 5);
  });

  test('a failed statement that was ignored cannot look like a commit', async () => {
    const ignoring = database.asOperator(async (tx) => {
      await tx.client.query('select 1 / 0').catch(() => {});
    });
    await assert.rejects(ignoring, /a failed statement was ignored/);
  });

  test('values come back as the types of the tables say', async () => {
    const { rows } = await database.asOperator((tx) =>
      tx.client.query(
        `select 9007199254740991::int8 as big, '2020-02-29'::date as day, $1::timestamptz as at, '\\x00ff'::bytea as bytes`,
        [madeAt],
      ),
    );
    assert.deepEqual(rows[0], { big: 9007199254740991, day: '2020-02-29', at: madeAt, bytes: Buffer.from([0, 255]) });
    const tooBig = database.asOperator((tx) => tx.client.query('select 9007199254740992::int8'));
    await assert.rejects(tooBig, RangeError);
  });

  test('many transactions at once all get through', async () => {
    await Promise.all(Array.from({ length: 40 }, () => database.asOperator((tx) => bump(tx.client))));
    const version = await database.asOperator((tx) =>
      tx.db.selectFrom('institution').select('customer_version').where('id', '=', 'BETA').executeTakeFirstOrThrow(),
    );
    assert.deepEqual(version, { customer_version: 40 });
  });

  if (engine.name === 'postgresql') {
    // The embedded engine has one session: nobody holds a lock while another statement runs.
    test('a lock held too long is 503 with Retry-After', async () => {
      const locked = Promise.withResolvers<void>();
      const free = Promise.withResolvers<void>();
      const holder = database.asOperator(async (tx) => {
        await tx.client.query(`select from institution where id = 'ALPHA' for update`);
        locked.resolve();
        await free.promise;
      });
      await locked.promise;
      await assert.rejects(rename('ALPHA', 'Late', 50), isUnavailable);
      free.resolve();
      await holder;
    });

    test('two racing read-modify-writes both count under repeatable read', async () => {
      const before = await versionOf('ALPHA');
      await Promise.all(Array.from({ length: 4 }, () => incrementReadFirst('ALPHA')));
      assert.equal(await versionOf('ALPHA'), before + 4);
    });

    test('a connection that is cut is 503, and the next transaction works', async () => {
      const cut = database.asOperator((tx) => tx.client.query('select pg_terminate_backend(pg_backend_pid())'));
      await assert.rejects(cut, isUnavailable);
      await rename('ALPHA', 'Back');
    });
  }

  async function insertInstitution(id: string): Promise<void> {
    await database.asOperator((tx) =>
      tx.db.insertInto('institution').values({ id, name: id, created_at: madeAt }).execute(),
    );
  }

  async function rename(id: string, name: string, lockTimeoutMs = 5_000): Promise<void> {
    await database.asOperator((tx) => tx.db.updateTable('institution').set({ name }).where('id', '=', id).execute(), {
      lockTimeoutMs,
    });
  }

  async function nameOf(id: string): Promise<string> {
    const row = await database.asOperator((tx) =>
      tx.db.selectFrom('institution').select('name').where('id', '=', id).executeTakeFirstOrThrow(),
    );
    return row.name;
  }

  async function versionOf(id: string): Promise<number> {
    const row = await database.asOperator((tx) =>
      tx.db.selectFrom('institution').select('customer_version').where('id', '=', id).executeTakeFirstOrThrow(),
    );
    return row.customer_version;
  }

  async function incrementReadFirst(id: string): Promise<void> {
    await database.inInstitution(
      id,
      async (tx) => {
        const row = await tx.db.selectFrom('institution').select('customer_version').executeTakeFirstOrThrow();
        await tx.db
          .updateTable('institution')
          .set({ customer_version: row.customer_version + 1 })
          .execute();
      },
      { isolation: 'repeatable read' },
    );
  }
});

const token = '00000000-0000-4000-8000-000000000001';

interface Queryable {
  query(text: string): Promise<unknown>;
}

async function raise(client: Queryable, code: string): Promise<void> {
  await client.query(`do $$ begin raise exception using errcode = '${code}', message = 'a race was lost'; end $$`);
}

async function bump(client: Queryable): Promise<void> {
  await client.query(`update institution set customer_version = customer_version + 1 where id = 'BETA'`);
}

function isUnavailable(error: unknown): boolean {
  assert(error instanceof Problem);
  assert.equal(error.type, 'serviceUnavailable');
  assert.match(error.headers['Retry-After'] ?? '', /^[0-9]+$/);
  return true;
}

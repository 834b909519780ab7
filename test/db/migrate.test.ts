import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { OpenDatabase } from '../../src/db/database.ts';
import { checkSchema, migrate } from '../../src/db/migrate.ts';
import { readMigrations } from '../../src/db/migrations.ts';
import { openDatabase } from '../../src/db/open.ts';
import { createJobs } from '../../src/jobs/jobs.ts';
import { StartRefused } from '../../src/lib/start-refused.ts';
import { startChild } from '../support/child-process.ts';
import { forEachEngine } from '../support/engines.ts';

const script = new URL('../support/children/busy-server.ts', import.meta.url);
const everyName = readMigrations().map(({ name }) => name);

forEachEngine((engine) => {
  let database: OpenDatabase;
  before(async () => {
    database = await engine.freshDatabase();
  });

  test('a migrated database needs no migration and is accepted', async () => {
    assert.deepEqual(await migrate(database), []);
    await checkSchema(database);
  });

  test('a database without the last migration is refused, saying what to run', async () => {
    await assert.rejects(
      withSchemaMigrations(`delete from schema_migration where name = '${everyName.at(-1)}'`),
      refusal(/lacks migration [0-9]{4}-\S+: run "rollcall migrate"$/),
    );
  });

  test('a database of a newer version is refused', async () => {
    await assert.rejects(
      withSchemaMigrations(`insert into schema_migration (name, checksum) values ('9999-later', '')`),
      refusal(/migration 9999-later of a newer version/),
    );
  });

  test('a migration that was edited after it ran is refused', async () => {
    await assert.rejects(
      withSchemaMigrations(`update schema_migration set checksum = 'other'`),
      refusal(/differs from the one that made this database/),
    );
  });

  test('the application role owns nothing and cannot log in', async () => {
    const { rows } = await database.asOperator((tx) =>
      tx.client.query(`select rolcanlogin or rolsuper or rolbypassrls as strong,
        (select count(*)::int from pg_class where relowner = pg_roles.oid) as owned
        from pg_roles where rolname = 'rollcall_app'`),
    );
    assert.deepEqual(rows, [{ strong: false, owned: 0 }]);
  });

  test('every table has row-level security, or the application role cannot read it', async () => {
    const { rows } = await database.asOperator((tx) =>
      tx.client.query(`select relname as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity
          and has_table_privilege('rollcall_app', oid, 'select, insert, update, delete')`),
    );
    assert.deepEqual(rows, []);
  });

  if (engine.name === 'postgresql') {
    test('two processes migrate an empty database at once: one does the work, both succeed', async () => {
      const location = await engine.freshLocation();
      await emptied(location.url);
      const children = [1, 2, 3].map(() => startChild(script, { ...location, mode: 'once' }));
      const applied = await Promise.all(
        children.map(async (child) => {
          const step = await child.next();
          assert.equal(await child.exited(), 0, child.errors());
          return JSON.stringify(step);
        }),
      );
      assert.deepEqual(
        applied.sort(),
        [
          JSON.stringify({ step: 'opened', applied: everyName }),
          JSON.stringify({ step: 'opened', applied: [] }),
          JSON.stringify({ step: 'opened', applied: [] }),
        ].sort(),
      );
    });

    test('a user without the right to make the role gets the statements for the administrator', async () => {
      const location = await engine.freshLocation();
      await database.withConnection((client) =>
        client.query('drop role if exists rollcall_poor; create role rollcall_poor login'),
      );
      const url = new URL(location.url ?? '');
      url.username = 'rollcall_poor';
      const poor = await openDatabase({ ...location, url: url.href, purpose: 'command' });
      await assert.rejects(
        migrate(poor),
        refusal(
          /^an administrator must run once: create role rollcall_app nologin; grant rollcall_app to rollcall_poor;$/,
        ),
      );
      await poor.close();
    });

    test('an owner who is no superuser migrates and works, once the administrator has granted the role', async (t) => {
      const location = await engine.freshLocation();
      const url = new URL(location.url ?? '');
      await database.withConnection((client) =>
        client.query(`drop role if exists rollcall_owner; create role rollcall_owner login;
          grant rollcall_app to rollcall_owner; alter database ${url.pathname.slice(1)} owner to rollcall_owner`),
      );
      await emptied(location.url, 'rollcall_owner');
      url.username = 'rollcall_owner';
      const owned = await openDatabase({ ...location, url: url.href, purpose: 'server' });
      assert.deepEqual(await migrate(owned), everyName);
      await checkSchema(owned);
      await owned.asOperator((tx) =>
        tx.db
          .insertInto('institution')
          .values({ id: 'ALPHA', name: 'A', created_at: new Date(0) })
          .execute(),
      );
      const jobs = createJobs({ database: owned });
      jobs.work('quick', async () => {});
      t.after(async () => {
        await jobs.stop({ timeoutMs: 1_000 });
        await owned.close();
      });
      await jobs.start();
      await owned.inInstitution('ALPHA', async (tx) => {
        await tx.client.query('create temporary table list (line int4) on commit drop');
        await jobs.enqueue(tx, 'quick', {}, { singletonKey: 'x' });
        assert.equal((await tx.db.selectFrom('institution').select('id').execute()).length, 1);
      });
    });

    test('a server that does not answer is refused without its password', async () => {
      const opening = openDatabase({ url: 'postgres://u:secret@127.0.0.1:9/x', dataDir: '', purpose: 'server' });
      await assert.rejects(
        opening,
        refusal(/^the PostgreSQL server of ROLLCALL_DATABASE_URL cannot be used \(ECONNREFUSED\)$/),
      );
    });
  }

  /** Checks the schema after a change that does not last. */
  async function withSchemaMigrations(change: string): Promise<void> {
    await database.withConnection((client) =>
      client.query(`create temporary table kept as table schema_migration; ${change}`),
    );
    try {
      await checkSchema(database);
    } finally {
      await database.withConnection((client) =>
        client.query(`truncate schema_migration; insert into schema_migration table kept; drop table kept`),
      );
    }
  }
});

async function emptied(url: string | undefined, owner = 'postgres'): Promise<void> {
  const database = await openDatabase({ url, dataDir: '', purpose: 'command' });
  await database.withConnection((client) =>
    client.query(`drop schema public cascade; drop schema pgboss cascade; create schema public authorization ${owner}`),
  );
  await database.close();
}

function refusal(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof StartRefused);
    assert.match(error.message, message);
    return true;
  };
}

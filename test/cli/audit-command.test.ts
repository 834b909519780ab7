import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import { openKeyring } from '../../src/cli/open-keyring.ts';
import { readConfig } from '../../src/config.ts';
import type { OpenDatabase } from '../../src/db/database.ts';
import { openDatabase } from '../../src/db/open.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createAudit, createAuditCheckpoints, operatorActor } from '../../src/modules/audit/index.ts';
import { forEachEngine } from '../support/engines.ts';
import { makeTestFolder } from '../support/test-folder.ts';
import { runCommand } from './run-command.ts';

forEachEngine((engine) => {
  let folder = '';
  let environment: Record<string, string> = {};
  let server: OpenDatabase | undefined;
  before(async () => {
    folder = await makeTestFolder();
    const { url, dataDir } = await engine.freshLocation();
    environment = {
      ROLLCALL_MASTER_KEY: randomBytes(32).toString('base64'),
      ...(url === undefined ? { ROLLCALL_DATA_DIR: dataDir } : { ROLLCALL_DATABASE_URL: url }),
    };
    // As beside a running server: the commands reach the engine by its socket, instead of starting it each time.
    if (url === undefined) server = await openDatabase({ url, dataDir, purpose: 'server', connectionsMax: 4 });
  });
  after(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (...argv: string[]) => runCommand(argv, { folder, environment });

  test('audit verify says what it walked, names the first bad entry, and ends with 1 then', async () => {
    assert.equal((await run('institution', 'create', 'ALPHA', '--name', 'A')).code, 0);
    assert.equal((await run('institution', 'create', 'BETA', '--name', 'B')).code, 0);
    const entriesBefore = await entriesOf('BETA');
    const log = await work('BETA', 3);
    await writeFile(join(folder, 'server.log'), log.join(''));

    const good = await run('audit', 'verify', '--checkpoints', 'server.log');
    assert.deepEqual([good.code, good.stderr], [0, '']);
    assert.match(good.stdout, /^institution +good entries +checkpoints +trail$/m);
    assert.match(good.stdout, new RegExp(`^BETA +${entriesBefore + 3} +1 +unbroken$`, 'm'));

    await withDatabase(async ({ database }) => {
      await database.asOperator((tx) =>
        tx.client.query(`alter table audit_entry disable trigger audit_entry_append_only;
          update audit_entry set operation = 'nothing' where sequence = ${entriesBefore + 2}`),
      );
    });
    const bad = await run('audit', 'verify');
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, new RegExp(`^BETA +${entriesBefore + 1} +broken at ${entriesBefore + 2}$`, 'm'));
    assert.match(bad.stdout, new RegExp(`^BETA, entry ${entriesBefore + 2}: the entry does not fit the chain`, 'm'));
    assert.equal(bad.stderr, 'rollcall: the audit trail of 1 institution is broken\n');

    const json = await run('audit', 'verify', '--institution', 'BETA', '--json');
    assert.equal(json.code, 1);
    const { verified, institutions } = JSON.parse(json.stdout);
    assert.equal(verified, false);
    assert.deepEqual(institutions[0].finding.sequence, entriesBefore + 2);
    assert.equal((await run('audit', 'verify', '--institution', 'ALPHA')).code, 0);
  });

  test('audit verify names an institution whose trail was deleted whole; one that never acted has a trail', async () => {
    assert.equal((await run('institution', 'create', 'GAMMA', '--name', 'C')).code, 0);
    assert.equal(await entriesOf('GAMMA'), 1);
    await withDatabase(async ({ database }) => {
      await database.asOperator((tx) =>
        tx.client.query(`alter table audit_entry disable trigger audit_entry_append_only;
          delete from audit_entry where institution_id = 'GAMMA';
          delete from audit_head where institution_id = 'GAMMA'`),
      );
    });
    const gone = await run('audit', 'verify', '--institution', 'GAMMA');
    assert.equal(gone.code, 1);
    assert.match(gone.stdout, /^GAMMA +0 +broken at 1$/m);
    assert.match(
      gone.stdout,
      /^GAMMA, entry 1: the whole trail is gone, its first entry and the record of its end\.$/m,
    );
    assert.equal(gone.stderr, 'rollcall: the audit trail of 1 institution is broken\n');
    const settings = await run('institution', 'settings', 'GAMMA', '--country', 'DE');
    assert.notEqual(settings.code, 0, 'its acts are refused');
    assert.equal((await run('audit', 'verify', '--institution', 'GAMMA')).stdout, gone.stdout);
  });

  test('a file without checkpoints and an institution that is not there are refused in one line', async () => {
    await writeFile(join(folder, 'empty.log'), '{"msg":"something else"}\n');
    const empty = await run('audit', 'verify', '--checkpoints', 'empty.log');
    assert.deepEqual([empty.code, empty.stdout], [1, '']);
    assert.equal(empty.stderr, 'rollcall: empty.log has no line with the message "audit checkpoint"\n');
    const nobody = await run('audit', 'verify', '--institution', 'NOBODY');
    assert.deepEqual([nobody.code, nobody.stdout], [1, '']);
    assert.equal(nobody.stderr, 'rollcall: there is no institution with this id\n');
  });

  async function entriesOf(institution: string): Promise<number> {
    const { stdout } = await run('audit', 'verify', '--institution', institution, '--json');
    return JSON.parse(stdout).institutions[0].entryCount;
  }

  /** Some acts, and the log of the checkpoint after them. */
  async function work(institutionId: string, entries: number): Promise<readonly string[]> {
    const lines: string[] = [];
    await withDatabase(async ({ database, keyring }) => {
      const audit = createAudit({ keyring });
      await database.inInstitution(institutionId, async (tx) => {
        for (let index = 0; index < entries; index += 1) {
          await audit.append(tx, { at: new Date(), actor: operatorActor, operation: 'test', outcome: 'done' });
        }
      });
      const logger = pino({ base: null }, { write: (line: string) => void lines.push(line) });
      await createAuditCheckpoints({ database, keyring, logger }).write();
    });
    return lines;
  }

  async function withDatabase<T>(
    use: (tools: {
      database: Awaited<ReturnType<typeof openDatabase>>;
      keyring: Awaited<ReturnType<typeof openKeyring>>['keyring'];
    }) => Promise<T>,
  ): Promise<T> {
    const config = readConfig(environment);
    const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir, purpose: 'command' });
    try {
      const { keyring } = await openKeyring({ config, database, clock: systemClock });
      return await use({ database, keyring });
    } finally {
      await database.close();
    }
  }
});

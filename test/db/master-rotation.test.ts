import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createKeyring, type Keyring } from '../../src/crypto/keyring.ts';
import { loadMasterKeys, type MasterKeys, newMasterKey } from '../../src/crypto/master-key.ts';
import { rotateMasterKey } from '../../src/crypto/master-rotation.ts';
import type { OpenDatabase } from '../../src/db/database.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { StartRefused } from '../../src/lib/start-refused.ts';
import { createAudit, operatorActor, verifyAudit } from '../../src/modules/audit/index.ts';
import { createInstitution } from '../../src/modules/institutions/index.ts';
import { forEachEngine } from '../support/engines.ts';
import { makeTestFolder } from '../support/test-folder.ts';

forEachEngine((engine) => {
  let folder = '';
  let database: OpenDatabase;
  let keyFile = '';
  before(async () => {
    folder = await makeTestFolder();
  });
  after(async () => await rm(folder, { recursive: true, force: true }));

  /** An installation with a key file; `server` is a process that has been running since before. */
  async function installation(): Promise<{ masterKeys: MasterKeys; server: Keyring }> {
    database = await engine.freshDatabase();
    keyFile = join(folder, `${Math.random()}`, 'master.key');
    const open = async () => await loadMasterKeys({ file: keyFile, createIfMissing: true });
    const masterKeys = await open();
    const server = createKeyring({ database, masterKey: await open(), clock: systemClock });
    for (const id of ['ONE', 'TWO']) await make(server, id);
    await server.installationSecrets('signing');
    return { masterKeys, server };
  }
  const make = (keyring: Keyring, id: string) =>
    database.asOperator((tx) => createInstitution({ keyring }, tx, { id, name: id, at: systemClock.now() }));
  const lines = async () => (await readFile(keyFile, 'utf8')).trim().split('\n');
  const keyringOf = async () =>
    createKeyring({
      database,
      masterKey: await loadMasterKeys({ file: keyFile, createIfMissing: false }),
      clock: systemClock,
    });
  const rotate = (masterKeys: MasterKeys, more: { keepOld?: boolean; onProgress?: () => void } = {}) =>
    rotateMasterKey({ database, masterKeys }, { keyFile, keepOld: false, ...more });

  test('one that meets a later rotation stops and leaves the key of that one in the file', async () => {
    const { masterKeys } = await installation();
    let later = '';
    const onProgress = () => {
      if (later !== '') return;
      later = newMasterKey(masterKeys.list());
      // As the next rotation does when this one's end is still to come.
      writeFileSync(keyFile, `${later}\n${readFileSync(keyFile, 'utf8')}`, { mode: 0o600 });
    };
    await assert.rejects(rotate(masterKeys, { onProgress }), StartRefused);
    assert.equal((await lines())[0], later);
    await rotate(await loadMasterKeys({ file: keyFile, createIfMissing: false }));
    assert.deepEqual(await lines(), [later]);
    await (await keyringOf()).check();
  });

  test('all keys and secrets are wrapped anew, the old key opens nothing, a running server goes on', async () => {
    const { masterKeys, server } = await installation();
    const before = await server.forInstitution('ONE');
    const [secret] = await server.installationSecrets('signing');
    const [oldLine = ''] = await lines();
    const done = await rotate(masterKeys);
    assert.deepEqual(done, { rewrappedCount: 15, oldRemoved: true });
    const newLines = await lines();
    assert.equal(newLines.length, 1);
    assert.notEqual(newLines[0], oldLine);

    await make(server, 'THREE');
    server.forget('ONE');
    const after = await server.forInstitution('ONE');
    assert.deepEqual([after.dataKey, after.macKey('audit')], [before.dataKey, before.macKey('audit')]);
    assert.deepEqual((await server.installationSecrets('signing'))[0], secret);
    await (await keyringOf()).check();
    await (await keyringOf()).forInstitution('THREE');

    const old = createKeyring({
      database,
      masterKey: await loadMasterKeys({ value: oldLine, createIfMissing: false }),
      clock: systemClock,
    });
    for (const attempt of [
      () => old.check(),
      () => old.forInstitution('TWO'),
      () => old.installationSecrets('signing'),
    ]) {
      await assert.rejects(attempt, StartRefused);
    }
  });

  test('a trail that began before the master key was replaced goes on after it', async () => {
    const { masterKeys } = await installation();
    await rotate(masterKeys);
    const keyring = await keyringOf();
    await make(keyring, 'LATER');
    for (const id of ['ONE', 'LATER']) {
      await database.inInstitution(id, (tx) =>
        createAudit({ keyring }).append(tx, {
          at: systemClock.now(),
          actor: operatorActor,
          operation: 'rotateMasterKey',
          outcome: 'done',
        }),
      );
    }
    const reports = await verifyAudit({ database, keyring });
    assert.deepEqual(
      reports.map(({ institutionId, entryCount, finding }) => [institutionId, entryCount, finding]),
      [
        ['LATER', 2, undefined],
        ['ONE', 2, undefined],
        ['TWO', 1, undefined],
      ],
    );
  });

  test('cut off after the file, in the middle, or before the end: run again it goes on with the same key', async () => {
    const { masterKeys, server } = await installation();
    const crash = new Error('crash');
    const cutOff = () => {
      throw crash;
    };
    await assert.rejects(rotate(masterKeys, { onProgress: cutOff }), crash);
    const written = await lines();
    assert.equal(written.length, 2);
    await make(server, 'FOUR');
    await (await keyringOf()).check();
    const kept = await rotate(await loadMasterKeys({ file: keyFile, createIfMissing: false }), { keepOld: true });
    assert.deepEqual(kept, { rewrappedCount: 0, oldRemoved: false }, 'the server wrapped by the new key already');
    assert.deepEqual(await lines(), written);
    const done = await rotate(await loadMasterKeys({ file: keyFile, createIfMissing: false }));
    assert.equal(done.oldRemoved, true);
    assert.deepEqual(await lines(), written.slice(0, 1));
    await (await keyringOf()).check();
  });

  test('a key that does not open stops it: the old line stays', async () => {
    const { masterKeys } = await installation();
    await database.asOperator((tx) =>
      tx.client.query(
        `update wrapped_key set wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1)
          where institution_id = 'TWO' and purpose = 'data'`,
      ),
    );
    await assert.rejects(rotate(masterKeys), (error) => error instanceof StartRefused && /damaged/.test(error.message));
    assert.equal((await lines()).length, 2);
  });

  test('two that begin at once agree on one new key', async () => {
    const { masterKeys } = await installation();
    const [oldLine] = await lines();
    const other = await loadMasterKeys({ file: keyFile, createIfMissing: false });
    await Promise.all([rotate(masterKeys, { keepOld: true }), rotate(other, { keepOld: true })]);
    const written = await lines();
    assert.deepEqual([written.length, written[1]], [2, oldLine]);
    await (await keyringOf()).check();
  });

  test('a key of the environment: it says what to do, and wraps anew once two are there', async () => {
    await installation();
    const [oldLine = ''] = await lines();
    const environment = async (value: string) => await loadMasterKeys({ value, createIfMissing: false });
    const rotateThere = async (value: string) =>
      await rotateMasterKey({ database, masterKeys: await environment(value) }, { keyFile: undefined, keepOld: false });
    await assert.rejects(
      rotateThere(oldLine),
      (error) => error instanceof StartRefused && /comma/.test(error.message) && !error.message.includes('\n'),
    );
    // Of another id than the old one, which is random: a fixed key would have the same one now and then.
    const newLine = newMasterKey((await environment(oldLine)).list());
    assert.deepEqual(await rotateThere(`${newLine},${oldLine}`), { rewrappedCount: 15, oldRemoved: false });
    const alone = createKeyring({ database, masterKey: await environment(newLine), clock: systemClock });
    await alone.check();
    await alone.forInstitution('TWO');
  });

  test('what was wrapped before keys had ids is opened, and gets one', async () => {
    const { masterKeys } = await installation();
    const [current] = masterKeys.list();
    const withoutIds = createKeyring({
      database,
      masterKey: { list: () => [{ ...current, id: 0 }], reload: async () => {} },
      clock: systemClock,
    });
    await make(withoutIds, 'OLD');
    await (await keyringOf()).check();
    await (await keyringOf()).forInstitution('OLD');
    assert.equal((await rotate(masterKeys)).rewrappedCount, 22);
    await (await keyringOf()).forInstitution('OLD');
  });

  test('a file that cannot be written stops it before anything is changed', async () => {
    const { masterKeys } = await installation();
    const text = await readFile(keyFile, 'utf8');
    await rm(keyFile);
    await assert.rejects(rotate(masterKeys), StartRefused);
    await writeFile(keyFile, text, { mode: 0o600 });
    await (await keyringOf()).check();
    assert.equal((await lines()).length, 1);
  });
});

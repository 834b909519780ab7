import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { EnvelopeError, openEnvelope, sealEnvelope } from '../../src/crypto/envelope.ts';
import { lockDataKey, lockKeysToIndex, lockKeysToMatch, retireIndexKey } from '../../src/crypto/key-changes.ts';
import { createKeyring, type InstitutionKeys, type Keyring } from '../../src/crypto/keyring.ts';
import { packValues } from '../../src/crypto/packed-values.ts';
import type { OpenDatabase } from '../../src/db/database.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { StartRefused } from '../../src/lib/start-refused.ts';
import { identifierTypeCode, identifierTypeNames, isBlind, tokenize } from '../../src/modules/identifiers/index.ts';
import { createInstitution } from '../../src/modules/institutions/index.ts';
import { forEachEngine } from '../support/engines.ts';

const taxIds = identifierTypeCode('taxIdNumber');
const accounts = identifierTypeCode('accountNumber');

/** A transaction that has come to `hold` and stays there until it is released. */
async function heldTransaction(
  run: (hold: () => Promise<void>) => Promise<void>,
): Promise<{ release(): Promise<void> }> {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const running = run(async () => {
    reached.resolve();
    await released.promise;
  });
  await Promise.race([reached.promise, running]);
  return {
    async release() {
      released.resolve();
      await running;
    },
  };
}

forEachEngine((engine) => {
  const masterKey = randomBytes(32);
  let database: OpenDatabase;
  let keyring: Keyring;
  let made = 0;

  before(async () => {
    database = await engine.freshDatabase();
    keyring = createKeyring({ database, masterKey, clock: systemClock });
  });

  async function newInstitution(): Promise<string> {
    made += 1;
    const id = `BANK${made}`;
    await database.asOperator((tx) => createInstitution({ keyring }, tx, { id, name: id, at: systemClock.now() }));
    return id;
  }

  const generationsOf = async (institutionId: string, identifierType: number) =>
    (await keyring.forInstitution(institutionId)).indexKeys(identifierType).map(({ generation }) => generation);
  const lock = (institutionId: string, generations: readonly number[]) =>
    database.inInstitution(institutionId, async (tx) => {
      const toMatch = await lockKeysToMatch(tx, taxIds, generations);
      const toIndex = await lockKeysToIndex(tx, taxIds, generations);
      return `${toMatch} ${toIndex}`;
    });
  const add = async (institutionId: string) => {
    const type = { institutionId, identifierType: taxIds };
    const generation = await database.asOperator((tx) => keyring.addIndexKeyGeneration(tx, type));
    keyring.forget(institutionId);
    return generation;
  };
  const retire = async (institutionId: string, generation: number) => {
    const key = { institutionId, identifierType: taxIds, generation };
    const retired = await database.asOperator((tx) => retireIndexKey(tx, key, systemClock.now()));
    keyring.forget(institutionId);
    return retired;
  };

  test('an institution has one index key for each blind type, a data key and a MAC key, all different', async () => {
    const keys = await keyring.forInstitution(await newInstitution());
    for (const name of identifierTypeNames) {
      const generations = keys.indexKeys(identifierTypeCode(name)).map(({ generation }) => generation);
      assert.deepEqual(generations, isBlind(name) ? [1] : [], name);
    }
    assert.equal(keys.dataKey.generation, 1);
    assert.deepEqual(keys.dataKeyOf(1), keys.dataKey.key);
    assert.throws(() => keys.dataKeyOf(2));
    const all = [
      ...identifierTypeNames.flatMap((name) => keys.indexKeys(identifierTypeCode(name)).map(({ key }) => key)),
      keys.dataKey.key,
      ...(['cursor', 'idempotency', 'contentFingerprint', 'rowFingerprint', 'departed', 'audit'] as const).map(
        keys.macKey,
      ),
    ];
    assert.equal(new Set(all.map((key) => Buffer.from(key).toString('hex'))).size, 12);
    for (const key of all) assert.deepEqual([key.length, key.buffer.byteLength], [32, 32]);
  });

  test('another process opens the same keys; another institution has others', async () => {
    const id = await newInstitution();
    const keys = await keyring.forInstitution(id);
    const again = await createKeyring({ database, masterKey, clock: systemClock }).forInstitution(id);
    assert.deepEqual(again.indexKeys(accounts), keys.indexKeys(accounts));
    assert.deepEqual(again.macKey('cursor'), keys.macKey('cursor'));
    const other = await keyring.forInstitution(await newInstitution());
    assert.notDeepEqual(other.dataKey, keys.dataKey);
    assert.notDeepEqual(other.macKey('cursor'), keys.macKey('cursor'));
  });

  test('requests that come together share one reading; forget reads again; a failure is not kept', async () => {
    const id = await newInstitution();
    const [first, second] = await Promise.all([keyring.forInstitution(id), keyring.forInstitution(id)]);
    assert.equal(first, second);
    assert.equal(await keyring.forInstitution(id), first);
    keyring.forget(id);
    assert.notEqual(await keyring.forInstitution(id), first);
    await assert.rejects(keyring.forInstitution('LATER'), /no keys/);
    await database.asOperator((tx) =>
      createInstitution({ keyring }, tx, { id: 'LATER', name: 'LATER', at: systemClock.now() }),
    );
    assert.equal((await keyring.forInstitution('LATER')).institutionId, 'LATER');
  });

  test('within a transaction the keys come from the cache or through it, and nothing waits for a connection', async () => {
    const id = await newInstitution();
    const keys = await keyring.forInstitution(id);
    assert.equal(await database.inInstitution(id, keyring.within), keys);
    keyring.forget(id);
    // A reading that waits for its turn on the embedded engine's one session, which the transaction holds.
    const elsewhere = AsyncLocalStorage.snapshot();
    const reading: Promise<unknown>[] = [];
    const within = await database.inInstitution(id, async (tx) => {
      await tx.db.selectFrom('institution').select('id').execute();
      reading.push(elsewhere(() => keyring.forInstitution(id)));
      return await keyring.within(tx);
    });
    assert.deepEqual(within.macKey('audit'), keys.macKey('audit'));
    assert.deepEqual(within.dataKey, keys.dataKey);
    assert.equal((await Promise.all(reading)).length, 1);
    await assert.rejects(database.inInstitution('NOBODY', keyring.within), /no keys/);
  });

  test('a secret of the installation is made once, whoever asks first, and opens in every process', async () => {
    const others = [1, 2, 3].map(() => createKeyring({ database, masterKey, clock: systemClock }));
    const lists = await Promise.all(others.map((other) => other.installationSecrets('cookie')));
    const [first] = lists[0] ?? [];
    assert.equal(first?.secret.length, 32);
    for (const list of lists) assert.deepEqual(list, lists[0]);
    assert.deepEqual([lists[0]?.length, first.generation, first.state], [1, 1, 'active']);
    const made = await keyring.installationSecrets('seal', async () => Buffer.from('a secret of its own'));
    assert.equal(Buffer.from(made[0]?.secret ?? []).toString(), 'a secret of its own');
    const again = await keyring.installationSecrets('seal', async () => assert.fail('it is there already'));
    assert.deepEqual(again, made);
  });

  test('an added secret is in use, the one before is retired, opens still, and can be removed', async () => {
    await keyring.installationSecrets('signing');
    const added = await Promise.all([1, 2].map(() => keyring.addInstallationSecret('signing', randomBytes(48))));
    assert.deepEqual(added.map(({ generation }) => generation).sort(), [2, 3]);
    const list = await keyring.installationSecrets('signing');
    assert.deepEqual(
      list.map(({ generation, state }) => [generation, state]),
      [
        [3, 'active'],
        [2, 'retired'],
        [1, 'retired'],
      ],
    );
    assert.deepEqual(list[0]?.secret, added.find(({ generation }) => generation === 3)?.secret);
    assert.equal(await keyring.removeInstallationSecret('signing', 3), false);
    assert.equal(await keyring.removeInstallationSecret('signing', 1), true);
    assert.equal(await keyring.removeInstallationSecret('signing', 1), false);
    assert.equal((await keyring.installationSecrets('signing')).length, 2);
  });

  test('another master key is refused for the secrets of the installation too, and they cannot be exchanged', async () => {
    const own = await engine.freshDatabase();
    const ownKeyring = createKeyring({ database: own, masterKey, clock: systemClock });
    await ownKeyring.installationSecrets('seal');
    await ownKeyring.check();
    const wrong = createKeyring({ database: own, masterKey: randomBytes(32), clock: systemClock });
    await assert.rejects(wrong.check(), StartRefused);
    await own.asOperator((tx) => tx.db.updateTable('installation_key').set({ purpose: 'cookie' }).execute());
    await assert.rejects(ownKeyring.check(), StartRefused);
    await assert.rejects(ownKeyring.installationSecrets('cookie'), StartRefused);
  });

  test('the application role sees no secret of the installation', async () => {
    const id = await newInstitution();
    await assert.rejects(
      database.inInstitution(id, (tx) => tx.db.selectFrom('installation_key').selectAll().execute()),
      /permission denied/,
    );
  });

  test('another master key is refused in one line, also when only one institution was made with another', async () => {
    const id = await newInstitution();
    await keyring.check();
    const wrong = createKeyring({ database, masterKey: randomBytes(32), clock: systemClock });
    for (const attempt of [() => wrong.check(), () => wrong.forInstitution(id)]) {
      await assert.rejects(attempt, (error) => error instanceof StartRefused && !error.message.includes('\n'));
    }
    const stranger = database.asOperator(
      async (tx) => {
        await createInstitution({ keyring: wrong }, tx, { id: 'STRANGE', name: 'S', at: systemClock.now() });
        const rows = await tx.db
          .selectFrom('wrapped_key')
          .select('purpose')
          .where('institution_id', '=', 'STRANGE')
          .execute();
        return rows.length;
      },
      { rollBack: true },
    );
    assert.equal(await stranger, 7);
    await keyring.check();
  });

  test('a key row cannot be moved to another institution, type or generation', async () => {
    const [id, other] = [await newInstitution(), await newInstitution()];
    const move = (from: string, to: string) =>
      database.asOperator(async (tx) => {
        await sql`update wrapped_key target set wrapped = source.wrapped from wrapped_key source
          where source.institution_id = ${from} and source.identifier_type = ${taxIds}
          and target.institution_id = ${to} and target.identifier_type = ${accounts}`.execute(tx.db);
        keyring.forget(to);
      });
    await move(id, id);
    await assert.rejects(keyring.forInstitution(id), StartRefused);
    await move(other, other);
    await assert.rejects(keyring.forInstitution(other), StartRefused);
    await database.asOperator((tx) =>
      tx.db.deleteFrom('wrapped_key').where('institution_id', 'in', [id, other]).execute(),
    );
  });

  test('an added key is active beside the old one; the old one can be retired then, and only then', async () => {
    const id = await newInstitution();
    const before = await keyring.forInstitution(id);
    assert.equal(await retire(id, 1), false);
    assert.equal(await lock(id, [1]), 'current current');
    assert.equal(await lock(id, []), 'changed changed');
    assert.equal(await add(id), 2);
    assert.deepEqual(await generationsOf(id, taxIds), [1, 2]);
    assert.deepEqual(await generationsOf(id, accounts), [1]);
    // The new one is being filled: the old one is what must be there.
    assert.equal(await lock(id, [1]), 'current current');
    assert.equal(await lock(id, [2, 1]), 'current current');
    assert.equal(await lock(id, [2]), 'changed changed');
    assert.equal(await retire(id, 3), false);
    assert.equal(await retire(id, 1), true);
    assert.equal(await retire(id, 1), false);
    assert.deepEqual(await generationsOf(id, taxIds), [2]);
    // A list may have tokens of the old key besides; nothing may be stored under it any more.
    assert.equal(await lock(id, [1, 2]), 'current changed');
    assert.equal(await lock(id, [1]), 'changed changed');
    assert.equal(await lock(id, [2]), 'current current');
    assert.equal(await add(id), 3);
    assert.notDeepEqual((await keyring.forInstitution(id)).indexKeys(taxIds)[0]?.key, before.indexKeys(taxIds)[0]?.key);
    const type = { institutionId: id, identifierType: identifierTypeCode('customerId') };
    await assert.rejects(
      database.asOperator((tx) => keyring.addIndexKeyGeneration(tx, type)),
      /no index key/,
    );
  });

  test('a new data key seals at once; who has not heard of it opens what it sealed; the old one opens on', async () => {
    const id = await newInstitution();
    const elsewhere = createKeyring({ database, masterKey, clock: systemClock });
    const old = (await elsewhere.forInstitution(id)).dataKey;
    assert.equal(await database.asOperator((tx) => keyring.addDataKeyGeneration(tx, id)), 2);
    keyring.forget(id);
    const keys = await keyring.forInstitution(id);
    assert.deepEqual([keys.dataKey.generation, keys.dataKeyOf(1)], [2, old.key]);
    const associatedData = Buffer.from('here');
    const sealed = sealEnvelope({ ...keys.dataKey, plaintext: Buffer.from('text'), associatedData });
    const open = (within: InstitutionKeys) => openEnvelope({ keyOf: within.dataKeyOf, sealed, associatedData });
    assert.throws(() => openEnvelope({ keyOf: (g) => (g === 1 ? old.key : assert.fail()), sealed, associatedData }));
    assert.equal((await elsewhere.opening(id, open)).toString(), 'text');
    assert.equal((await elsewhere.forInstitution(id)).dataKey.generation, 2);
    sealed[20] = (sealed[20] ?? 0) ^ 1;
    await assert.rejects(elsewhere.opening(id, open), EnvelopeError);
  });

  test('whoever seals gets a data key that is not retired, and keeps it from being retired', async () => {
    const id = await newInstitution();
    const elsewhere = createKeyring({ database, masterKey, clock: systemClock });
    await elsewhere.forInstitution(id);
    await database.asOperator((tx) => keyring.addDataKeyGeneration(tx, id));
    const sealing = () => database.inInstitution(id, async (tx) => (await elsewhere.forSealing(tx)).dataKey.generation);
    assert.equal(await sealing(), 1, 'what is cached may seal until the rotation ends');
    await statement(
      `update wrapped_key set state = 'retired' where institution_id = '${id}' and purpose = 'data' and generation = 1`,
    );
    assert.equal(await sealing(), 2);
    const held = (generation: number) => database.inInstitution(id, (tx) => lockDataKey(tx, generation));
    assert.deepEqual([await held(1), await held(2), await held(3)], ['changed', 'current', 'changed']);
    const events: string[] = [];
    const storing = await heldTransaction((hold) =>
      database.inInstitution(id, async (tx) => {
        await elsewhere.forSealing(tx);
        await hold();
        events.push('stored');
      }),
    );
    const locking = database
      .asOperator((tx) => tx.client.query(`select 1 from wrapped_key where institution_id = '${id}' for update`))
      .then(() => events.push('locked'));
    await blocked();
    await storing.release();
    await locking;
    assert.deepEqual(events, ['stored', 'locked']);
  });

  test('seals are counted by key, in one statement for many', async () => {
    const id = await newInstitution();
    for (const count of [1, 2, 3]) keyring.countSeals(id, 1, count);
    await keyring.saveSealCounts();
    keyring.countSeals(id, 1, 2 ** 31);
    await keyring.saveSealCounts();
    await keyring.saveSealCounts();
    const { rows } = await statement(
      `select seal_count from wrapped_key where institution_id = '${id}' and purpose = 'data'`,
    );
    assert.deepEqual(rows, [{ seal_count: 2 ** 31 + 6 }]);
    keyring.countSeals('NO_SUCH!', 1, 1);
    await assert.rejects(keyring.saveSealCounts(), TypeError);
  });

  const statement = (text: string) => database.asOperator((tx) => tx.client.query(text));

  test('an institution cannot lock the keys of another', async () => {
    const [id, other] = [await newInstitution(), await newInstitution()];
    await add(other);
    assert.equal(await retire(other, 1), true);
    assert.equal(await lock(id, [1]), 'current current');
    assert.equal(await lock(other, [1]), 'changed changed');
  });

  test('a key that an import holds is retired after it; an import that comes too late sees the change', async () => {
    const id = await newInstitution();
    await add(id);
    const events: string[] = [];
    const matching = await heldTransaction((hold) =>
      database.inInstitution(id, async (tx) => {
        const state = await lockKeysToMatch(tx, taxIds, [1, 2]);
        await hold();
        events.push(`matched: ${state}`);
      }),
    );
    const retiring = retire(id, 1).then((retired) => events.push(`retired: ${retired}`));
    await blocked();
    await matching.release();
    await retiring;
    assert.deepEqual(events, ['matched: current', 'retired: true']);

    const rotating = await heldTransaction((hold) =>
      database.asOperator(async (tx) => {
        await keyring.addIndexKeyGeneration(tx, { institutionId: id, identifierType: taxIds });
        await retireIndexKey(tx, { institutionId: id, identifierType: taxIds, generation: 2 }, systemClock.now());
        await hold();
      }),
    );
    const locking = lock(id, [2]);
    await blocked();
    await rotating.release();
    assert.equal(await locking, 'changed changed');
  });

  /** Until a transaction waits for a lock. The embedded engine has one session: there it waits for its turn. */
  async function blocked(): Promise<void> {
    if (engine.name === 'embedded') return;
    for (;;) {
      const waiting = await database.asOperator(
        async (tx) =>
          await sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
            tx.db,
          ),
      );
      if (waiting.rows.length > 0) return;
      await setImmediate();
    }
  }

  test('the two clear ids have the token that SQL makes of their column', async () => {
    const values = ['0399abedfd3d5e10c2aa', 'C-0000001', 'Müller 7', '\u{1f600}'];
    const tokens = tokenize('coreCustomerId', undefined, packValues(values));
    const rows = await database.asOperator(
      async (tx) =>
        await sql<{ token: string }>`
          select encode(substring(sha256(convert_to(value, 'UTF8')) from 1 for 16), 'hex')::uuid as token
          from unnest(${values}::text[]) with ordinality as given (value, position) order by position`.execute(tx.db),
    );
    const fromSql = rows.rows.map(({ token }) => token.replaceAll('-', '')).join('');
    assert.equal(fromSql, Buffer.from(tokens).toString('hex'));
    assert.deepEqual(tokenize('customerId', undefined, packValues(values)), tokens);
    assert.throws(() => tokenize('taxIdNumber', undefined, packValues(values)));
  });
});

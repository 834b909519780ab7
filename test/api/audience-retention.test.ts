import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { scopes } from '../../src/modules/access/index.ts';
import { deleteOldVersions } from '../../src/modules/audiences/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { seedAudience } from './audience-data.ts';
import { type AudienceModel, editModel, leftVersion, type ModelEdit, modelAudience } from './audience-model.ts';
import { giveCustomers, plainCustomers } from './import-data.ts';

const customers = 9;
const dayMs = 24 * 60 * 60 * 1_000;

forEachEngine((engine) => {
  let bank: TestApp;
  let ids: string[];
  let pass: (days: number) => Promise<void>;
  before(async () => {
    const app = await startTestApp(engine);
    let token = app.tokens.own;
    // Tokens end long before versions do.
    const renew = async () => {
      token = await app.createToken({ scopes });
    };
    bank = { ...app, send: (request) => app.send({ token, ...request }) };
    pass = async (days) => {
      app.clock.advance(days * dayMs);
      await renew();
    };
    ids = await giveCustomers(bank, plainCustomers(customers));
  });
  after(() => bank.close());

  const get = (address: string) => bank.send({ method: 'GET', url: `/service/customerAudiences/${address}` });
  const setKept = async (settings: { versionsKeptDays: number; versionsKeptMin: number }) => {
    await bank.database.asOperator((tx) =>
      tx.client.query('update institution set settings = settings || $1::jsonb where id = $2', [
        JSON.stringify(settings),
        institutionId,
      ]),
    );
  };
  const runRetention = async () => {
    const onFailure = (error: unknown) => assert.fail(String(error));
    await deleteOldVersions({ database: bank.database, onFailure }, bank.clock.now());
  };
  const status = async (address: string) => {
    const answer = await get(address);
    return [answer.statusCode, answer.json().detail];
  };
  const idsOf = (members: Iterable<number>) => [...members].sort((a, b) => a - b).map((index) => ids[index]);

  /** All that may be asked of an audience of which versions from `keptFrom` on are kept. */
  async function check(model: AudienceModel, keptFrom: number): Promise<void> {
    const present = model.versions.length;
    const { items, count } = (await get(`${model.id}/versions?limit=1000`)).json();
    assert.equal(count, present - keptFrom + 1);
    assert.equal(items.at(-1).version, keptFrom);
    for (let version = 1; version < keptFrom; version += 1) {
      const gone = [404, 'This version of the audience is no longer kept.'];
      assert.deepEqual(await status(`${model.id}/customerIds?version=${version}`), gone);
      assert.deepEqual(await status(`${model.id}/versions/${version}`), gone);
      assert.deepEqual(await status(`${model.id}/versions/${present}/changes?against=${version}`), gone);
    }
    for (let version = keptFrom; version <= present; version += 1) {
      const page = (await get(`${model.id}/customerIds?version=${version}`)).json();
      assert.deepEqual(page.items, idsOf(model.versions[version - 1]?.keys() ?? []));
      const before = model.versions[version - 2] ?? new Map();
      const added = [...(model.versions[version - 1]?.keys() ?? [])].filter((customer) => !before.has(customer));
      const changes = (await get(`${model.id}/versions/${version}/changes?change=added`)).json();
      assert.deepEqual(
        changes.items.map((item: { id: string }) => item.id),
        idsOf(added),
        `added with ${version}`,
      );
    }
    for (let customer = 0; customer < customers; customer += 1) {
      const said = (await get(`${model.id}/customers/${ids[customer]}/explanation`)).json();
      const origin = model.versions.at(-1)?.get(customer);
      const left = leftVersion(model, customer) ?? 0;
      assert.deepEqual(
        [said.sinceVersion, said.import, said.recordNumber, said.leftVersion],
        origin === undefined
          ? [undefined, undefined, undefined, left >= keptFrom ? left : undefined]
          : [origin.version, origin.importId, origin.line, undefined],
        `customer ${customer} of ${model.versions.length} versions, kept from ${keptFrom}`,
      );
    }
  }

  test('what is kept is as it was, and who brought whom stays known, however often versions go', async () => {
    await setKept({ versionsKeptDays: 30, versionsKeptMin: 2 });
    const some = fc.shuffledSubarray(
      Array.from({ length: customers }, (_none, index) => index),
      { minLength: 1 },
    );
    const edit = fc.record({ mode: fc.constantFrom('add', 'remove', 'replace'), customers: some });
    const step = fc.record({ edit, days: fc.integer({ min: 1, max: 40 }) });
    await fc.assert(
      fc.asyncProperty(some, fc.array(step, { minLength: 2, maxLength: 7 }), async (first, steps) => {
        const model = await modelAudience(bank, first);
        const madeAt = [bank.clock.now().getTime()];
        let keptFrom = 1;
        for (const { edit: one, days } of steps) {
          await pass(days);
          await editModel(bank, model, one satisfies ModelEdit);
          if (model.versions.length > madeAt.length) madeAt.push(bank.clock.now().getTime());
          await runRetention();
          const cutOff = bank.clock.now().getTime() - 30 * dayMs;
          const presentThen = madeAt.findLastIndex((at) => at <= cutOff) + 1;
          keptFrom = Math.max(keptFrom, Math.min(presentThen, model.versions.length - 1));
        }
        await check(model, keptFrom);
        const copy = await bank.send({
          method: 'POST',
          url: `/service/customerAudiences?copyOf=${model.id}`,
          json: { name: `Copy ${Math.random()}` },
        });
        assert.equal(copy.statusCode, 201, copy.body);
        for (const [customer, origin] of model.versions.at(-1) ?? []) {
          const said = (await get(`${copy.json().id}/customers/${ids[customer]}/explanation`)).json();
          assert.deepEqual([said.import, said.recordNumber], [origin.importId, origin.line]);
        }
      }),
      { numRuns: 5 },
    );
  });

  test('the present version and the newest stay however old; a moment is answered as far back as it is kept', async () => {
    await setKept({ versionsKeptDays: 10, versionsKeptMin: 1 });
    const model = await modelAudience(bank, [0, 1]);
    const tag = (await get(model.id)).headers.etag;
    const start = bank.clock.now();
    await pass(400);
    await runRetention();
    await check(model, 1);
    await editModel(bank, model, { mode: 'add', customers: [2] });
    await runRetention();
    await check(model, 1);
    await pass(9);
    const between = new Date(bank.clock.now().getTime() - 10 * dayMs).toISOString();
    assert.deepEqual((await get(`${model.id}/customerIds?asOf=${between}`)).json().items, idsOf([0, 1]));
    await pass(2);
    const edited = (await get(model.id)).headers.etag;
    await runRetention();
    await check(model, 2);
    const gone = [404, 'This version of the audience is no longer kept.'];
    assert.deepEqual(await status(`${model.id}/customerIds?asOf=${between}`), gone);
    const before = new Date(start.getTime() - dayMs).toISOString();
    assert.deepEqual(await status(`${model.id}/customerIds?asOf=${before}`), [
      404,
      'The audience had not been made at the moment of asOf.',
    ]);
    assert.notEqual(edited, tag);
    assert.equal((await get(model.id)).headers.etag, edited, 'nobody has changed the audience');
  });

  test('a walk on a version that goes ends with 400, also one from memory', async () => {
    await setKept({ versionsKeptDays: 1, versionsKeptMin: 1 });
    const model = await modelAudience(bank, [0, 1, 2, 3]);
    const walk = async (query: string) => (await get(`${model.id}/customerIds?limit=2${query}`)).json().nextPage_url;
    const begun = [await walk(''), await walk('&version=1')];
    await editModel(bank, model, { mode: 'replace', customers: [4] });
    for (const next of begun) assert.equal((await bank.send({ url: next })).statusCode, 200);
    await pass(2);
    await runRetention();
    for (const next of begun) {
      const answer = await bank.send({ url: next });
      assert.equal(answer.statusCode, 400, answer.body);
      assert.match(answer.json().detail, /no longer kept. Begin again/);
    }
    assert.deepEqual((await get(`${model.id}/customerIds`)).json().items, idsOf([4]));
  });

  test('versions from before changes were stored, and a copy, lose no explanation', async () => {
    await setKept({ versionsKeptDays: 1, versionsKeptMin: 1 });
    const model = await modelAudience(bank, [0, 1, 2]);
    const made = await bank.send({
      method: 'POST',
      url: `/service/customerAudiences?copyOf=${model.id}`,
      json: { name: 'A copy that ages' },
    });
    const first = new Map(
      [...(model.versions[0] ?? [])].map(([customer, origin]) => [customer, { ...origin, version: 1 }]),
    );
    const copy = { id: made.json().id, versions: [first] };
    for (const one of [model, copy]) {
      await editModel(bank, one, { mode: 'add', customers: [3, 4] });
      await editModel(bank, one, { mode: 'remove', customers: [1] });
      await bank.database.asOperator((tx) =>
        tx.client.query('update audience_version set added = null, removed = null where audience_id = $1', [one.id]),
      );
    }
    await pass(2);
    await runRetention();
    await check(model, 3);
    await check(copy, 3);
    const rows = await bank.database.asOperator((tx) =>
      tx.db
        .selectFrom('audience_origin')
        .select(['version', 'part'])
        .where('audience_id', '=', copy.id)
        .orderBy('version')
        .execute(),
    );
    assert.deepEqual(
      rows.map(({ version }) => version),
      [1, 2],
      'what no kept version needs is gone',
    );
  });

  test('one audience that cannot be worked on does not stop the others', async () => {
    await setKept({ versionsKeptDays: 1, versionsKeptMin: 1 });
    const broken = await modelAudience(bank, [0, 1]);
    const sound = await modelAudience(bank, [0, 1]);
    for (const model of [broken, sound]) await editModel(bank, model, { mode: 'add', customers: [2] });
    await bank.database.asOperator((tx) =>
      tx.client.query('update audience_version set members = $1 where audience_id = $2', [Buffer.of(1, 2), broken.id]),
    );
    await pass(2);
    const failures: unknown[] = [];
    const onFailure = (error: unknown) => void failures.push(error);
    await deleteOldVersions({ database: bank.database, onFailure }, bank.clock.now());
    assert.equal(failures.length, 1);
    await check(sound, 2);
    assert.equal((await get(`${broken.id}/versions`)).json().count, 2);
    await bank.send({ method: 'DELETE', url: `/service/customerAudiences/${broken.id}`, headers: { 'if-match': '*' } });
  });

  test('many versions go in several transactions, in one round', async () => {
    await setKept({ versionsKeptDays: 1, versionsKeptMin: 3 });
    const { id } = await seedAudience(bank, { name: 'Long ago', members: [0] });
    await bank.database.asOperator((tx) =>
      tx.client.query(
        `insert into audience_version (institution_id, audience_id, version, members, customer_count, added_count,
           removed_count, cause, customer_version, made_at, made_by, added, removed)
         select institution_id, audience_id, number, members, 1, 0, 0, 'refresh', 1, made_at, 'x', '', ''
         from audience_version, generate_series(2, 500) number where audience_id = $1`,
        [id],
      ),
    );
    await bank.database.asOperator((tx) => tx.client.query('update audience set version = 500 where id = $1', [id]));
    await pass(2);
    await runRetention();
    const { items, count } = (await get(`${id}/versions`)).json();
    assert.deepEqual([count, items[0].version, items.at(-1).version], [3, 500, 498]);
    const said = (await get(`${id}/customers/${ids[0]}/explanation`)).json();
    assert.deepEqual([said.member, said.sinceVersion], [true, 1]);
  });
});

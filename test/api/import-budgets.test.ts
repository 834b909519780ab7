import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { scopes } from '../../src/modules/access/index.ts';
import { deleteExpiredBudgets } from '../../src/modules/budgets/index.ts';
import { changeInstitutionSettings } from '../../src/modules/institutions/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine, type TestEngine } from '../support/engines.ts';
import type { TestPrincipal } from '../support/test-principals.ts';
import { giveCustomers, importList, plainCustomers } from './import-data.ts';

/** Tax ids of the base: 900000001 and on; those of `unknown` are nobody's. */
const known = (count: number, first = 1) =>
  Array.from({ length: count }, (_none, index) => 900_000_000 + first + index);
const unknown = (count: number) => Array.from({ length: count }, (_none, index) => 300_000_001 + index);
const representation = { prefer: 'return=representation' };
const dryRun = { url: '/service/importedCustomerAudiences?dryRun=true' };

const dayMs = 24 * 60 * 60 * 1_000;

/** Noon of the next day, UTC: what is charged twice in a test is of one day, whatever the time is when it runs. */
async function startAtNoon(engine: TestEngine): Promise<TestApp> {
  const bank = await startTestApp(engine);
  bank.clock.advance(1.5 * dayMs - (bank.clock.now().getTime() % dayMs));
  return bank;
}

forEachEngine((engine) => {
  let bank: TestApp;

  before(async () => {
    bank = await startAtNoon(engine);
    await giveCustomers(bank, plainCustomers(60));
  });
  after(() => bank.close());

  const analyst = () => bank.createPrincipal({ scopes, roles: ['analyst'], kind: 'person' });
  const send = (
    who: TestPrincipal,
    values: readonly (number | string)[],
    more: Parameters<typeof importList>[3] = {},
  ) => importList(bank, values.join('\n'), {}, { token: who.token, ...more });
  const allow = (distinctValuesPerDayMax: number) =>
    changeInstitutionSettings(bank, institutionId, { distinctValuesPerDayMax });

  async function used(who: TestPrincipal) {
    return await bank.database.inInstitution(institutionId, (tx) =>
      tx.db
        .selectFrom('import_budget')
        .select(['distinct_value_count', 'import_count'])
        .where('institution_id', '=', institutionId)
        .where('principal_id', '=', who.principalId)
        .orderBy('day')
        .execute(),
    );
  }
  async function trail(who: TestPrincipal) {
    return await bank.database.inInstitution(institutionId, (tx) =>
      tx.db
        .selectFrom('audit_entry')
        .select(['operation', 'outcome', 'resource', 'detail'])
        .where('institution_id', '=', institutionId)
        .where('principal_id', '=', who.principalId)
        .orderBy('sequence')
        .execute(),
    );
  }
  const alarms = async (who: TestPrincipal) =>
    (await trail(who)).filter(({ operation }) => operation === 'importAlarm').map(({ detail }) => detail);
  const kinds = async (who: TestPrincipal) => (await alarms(who)).map(({ kind }) => kind);

  test('imports, dry runs and refusals are charged with their distinct values, each principal by itself', async () => {
    await allow(1_000);
    const who = await analyst();
    assert.equal((await send(who, [...known(30), 900_000_001, 'abc'])).statusCode, 201);
    assert.equal((await send(who, known(30), dryRun)).statusCode, 204);
    assert.equal((await send(who, ['299999999'])).statusCode, 422);
    // Of the last one also its sample of one value, which was tried as other types.
    assert.deepEqual(await used(who), [{ distinct_value_count: 62, import_count: 3 }]);
    assert.deepEqual(await used(await analyst()), []);
  });

  test('over the budget nothing is matched: 429 until midnight UTC, in the trail, and a shorter list still goes', async () => {
    await allow(50);
    const who = await analyst();
    assert.equal((await send(who, known(30))).statusCode, 201);
    const before = (await bank.send({ url: '/service/customerAudienceImports?limit=0' })).json().count;
    for (const more of [{}, dryRun, { headers: { prefer: 'respond-async' } }]) {
      const asked = bank.clock.now().getTime();
      const refused = await send(who, known(30), more);
      const answered = bank.clock.now().getTime();
      assert.equal(refused.statusCode, 429, refused.body);
      assert.match(refused.json().type, /\/importBudgetExceeded\//);
      const counts = { distinctValueCount: 30, usedToday: 30, distinctValuesPerDayMax: 50 };
      assert.deepEqual(refused.json().attributes, counts);
      const untilMidnight = (at: number) => dayMs - (at % dayMs);
      const retryAfterMs = Number(refused.headers['retry-after']) * 1_000;
      assert.ok(retryAfterMs >= untilMidnight(answered) && retryAfterMs < untilMidnight(asked) + 1_000);
      const { outcome, detail } = (await trail(who)).at(-1) ?? {};
      assert.deepEqual([outcome, detail], ['refused', { problem: 'importBudgetExceeded', ...counts }]);
    }
    assert.equal((await bank.send({ url: '/service/customerAudienceImports?limit=0' })).json().count, before);
    assert.equal((await send(who, known(20))).statusCode, 201);
    assert.equal((await send(who, known(1))).statusCode, 429);
    assert.ok(bank.log.some((line) => line.includes('import budget exceeded')));
    bank.clock.advance(24 * 60 * 60 * 1_000);
    assert.equal((await send(who, known(50))).statusCode, 201, 'another day');
    assert.equal((await used(who)).length, 2);
  });

  test('of lists that come together no more are matched than the budget has', async () => {
    await allow(50);
    const who = await analyst();
    const answers = await Promise.all([1, 2, 3].map(() => send(who, known(25))));
    assert.deepEqual(answers.map((answer) => answer.statusCode).toSorted(), [201, 201, 429]);
    assert.deepEqual(await used(who), [{ distinct_value_count: 50, import_count: 2 }]);
  });

  test('values that only a suggestion would look up are charged too, and none is made over the budget', async () => {
    await allow(1_000);
    const who = await analyst();
    // Seven and eight bare digits are invalid, and matched as they would be with their zeros.
    await send(who, [...known(25), '1234567', '12345678']);
    assert.equal((await used(who))[0]?.distinct_value_count, 27);
    const ids = await analyst();
    const cores = Array.from({ length: 30 }, (_none, index) => `C${index + 1}`);
    const wrongType = async (max: number) => {
      await allow(max);
      const name = `Cores ${max}`;
      const answer = await importList(
        bank,
        cores.join('\n'),
        { identifierType: 'username', name },
        { token: ids.token },
      );
      assert.equal(answer.statusCode, 422, answer.body);
      return answer.json().attributes.suggestions.map(({ kind }: { kind: string }) => kind);
    };
    assert.deepEqual(await wrongType(60), ['identifierType']);
    assert.deepEqual(await used(ids), [{ distinct_value_count: 60, import_count: 1 }]);
    assert.deepEqual(await wrongType(100), []);
    assert.deepEqual(await used(ids), [{ distinct_value_count: 90, import_count: 2 }]);
  });

  test('a replayed answer is not charged again', async () => {
    await allow(1_000);
    const who = await analyst();
    const request = {
      token: who.token,
      method: 'POST' as const,
      url: '/service/importedCustomerAudiences',
      headers: { 'idempotency-key': 'once' },
      json: {
        identifierType: 'taxIdNumber',
        fileName: 'l.csv',
        name: 'Once',
        content: Buffer.from(known(30).join('\n')).toString('base64'),
      },
    };
    assert.equal((await bank.send(request)).statusCode, 201);
    assert.equal((await bank.send(request)).headers['idempotency-replayed'], 'true');
    assert.deepEqual(await used(who), [{ distinct_value_count: 30, import_count: 1 }]);
  });

  test('lists under 25 values raise an alarm and go on', async () => {
    await allow(10_000);
    const who = await analyst();
    assert.equal((await send(who, known(24))).statusCode, 201);
    assert.equal((await send(who, known(25, 30))).statusCode, 201);
    assert.deepEqual(await alarms(who), [{ kind: 'smallList', distinctValueCount: 24 }]);
    const [entry] = await trail(who);
    assert.deepEqual([entry?.operation, entry?.outcome], ['importAlarm', 'done']);
    assert.ok(bank.log.some((line) => line.includes('"alarm":"smallList"') && line.includes(who.principalId)));
    assert.ok(!bank.log.some((line) => line.includes('900000001')), 'no values');
  });

  test('a match rate under the setting raises an alarm, also of refused lists, dry runs and jobs', async () => {
    await allow(10_000);
    const who = await analyst();
    assert.equal((await send(who, [...known(2), ...unknown(38)])).statusCode, 201);
    assert.deepEqual(await kinds(who), [], '5 % is not under 5 %');
    assert.equal((await send(who, unknown(30))).statusCode, 422);
    await send(who, [...known(1), ...unknown(50)], { ...dryRun, headers: representation });
    assert.deepEqual(await alarms(who), [
      { kind: 'lowMatchRate', distinctValueCount: 30, namedCount: 0 },
      { kind: 'lowMatchRate', distinctValueCount: 51, namedCount: 1 },
    ]);
    await changeInstitutionSettings(bank, institutionId, { matchRateAlarmPercent: 0 });
    const other = await analyst();
    await send(other, unknown(60));
    assert.deepEqual(await kinds(other), []);
    await changeInstitutionSettings(bank, institutionId, { matchRateAlarmPercent: 5 });
  });

  test('a list that is nearly an earlier one raises an alarm; the same bytes and another principal’s do not', async () => {
    await allow(10_000);
    const who = await analyst();
    const first = (await send(who, known(40), { ...dryRun, headers: representation })).json().import.id;
    assert.equal((await send(who, known(40))).statusCode, 201);
    assert.deepEqual(await kinds(who), [], 'a dry run, then the import');
    await send(await analyst(), known(41));
    await send(who, known(41));
    const [alarm] = await alarms(who);
    assert.deepEqual([alarm?.kind, alarm?.agreementPercent], ['repeatedList', 97]);
    assert.ok(typeof alarm?.earlierImportId === 'string');
    assert.ok(first);
    await send(who, known(38, 10));
    assert.equal((await alarms(who)).length, 1, '32 of 41 agree');
    bank.clock.advance(24 * 60 * 60 * 1_000 + 1);
    await send(who, known(42));
    assert.equal((await alarms(who)).length, 1, 'a day later');
  });

  test('of lists longer than the sketch one more line is found, and a fifth of other lines is another list', async () => {
    await allow(100_000);
    const who = await analyst();
    await send(who, [...known(60), ...unknown(2_000)]);
    await send(who, [...known(60), ...unknown(2_001)]);
    assert.deepEqual(
      (await kinds(who)).filter((kind) => kind === 'repeatedList'),
      ['repeatedList'],
    );
    const other = await analyst();
    await send(other, [...known(60), ...unknown(2_000)]);
    await send(other, [...known(60), ...unknown(2_400).slice(400)]);
    assert.deepEqual(
      (await kinds(other)).filter((kind) => kind === 'repeatedList'),
      [],
    );
  });

  test('what is kept ends: sketches after 24 hours, budgets after the day; other institutions see none', async () => {
    const count = async () =>
      await bank.database.asOperator(async (tx) => {
        const sketches = await tx.db.selectFrom('import_sketch').select('import_id').execute();
        const budgets = await tx.db.selectFrom('import_budget').select('day').execute();
        return [sketches.length > 0, budgets.length > 0];
      });
    assert.deepEqual(await count(), [true, true]);
    const foreign = await bank.database.inInstitution(otherInstitutionId, async (tx) => [
      ...(await tx.db.selectFrom('import_sketch').select('import_id').execute()),
      ...(await tx.db.selectFrom('import_budget').select('day').execute()),
    ]);
    assert.deepEqual(foreign, []);
    const later = new Date(bank.clock.now().getTime() + 3 * 24 * 60 * 60 * 1_000);
    await bank.database.asOperator((tx) => deleteExpiredBudgets(tx, later));
    assert.deepEqual(await count(), [false, false]);
  });
});

forEachEngine((engine) => {
  test('a job reports its match rate in the name of who asked, and is charged once', async () => {
    await using bank = await startAtNoon(engine);
    await bank.jobs.start();
    await giveCustomers(bank, plainCustomers(3));
    const who = await bank.createPrincipal({ scopes, roles: ['analyst'], kind: 'person' });
    const list = [...known(1), ...unknown(40)].join('\n');
    const accepted = await importList(bank, list, {}, { token: who.token, headers: { prefer: 'respond-async' } });
    assert.equal(accepted.statusCode, 202);
    const entries = async () =>
      await bank.database.inInstitution(institutionId, (tx) =>
        tx.db
          .selectFrom('audit_entry')
          .select(['detail', 'principal_id'])
          .where('operation', '=', 'importAlarm')
          .orderBy('sequence')
          .execute(),
      );
    const giveUpAt = Date.now() + 60_000;
    while ((await entries()).length === 0) {
      assert.ok(Date.now() < giveUpAt, 'no alarm');
      await delay(20);
    }
    const detail = { kind: 'lowMatchRate', distinctValueCount: 41, namedCount: 1 };
    assert.deepEqual(await entries(), [{ detail, principal_id: who.principalId }]);
    await bank.jobs.stop({ timeoutMs: 60_000 });
    const budget = await bank.database.asOperator((tx) =>
      tx.db.selectFrom('import_budget').select(['distinct_value_count', 'import_count']).execute(),
    );
    // Its 41 values, and as many of the sample that was tried as other types.
    assert.deepEqual(budget, [{ distinct_value_count: 82, import_count: 1 }]);
  });
});

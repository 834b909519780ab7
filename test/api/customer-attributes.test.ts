import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { customerVersion } from './account-load-data.ts';
import { countsOf, load, sendLoad } from './customer-data.ts';

const url = '/service/customerAttributes';

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
  });
  after(async () => await bank.close());

  const post = (json: object, headers: Record<string, string> = {}, query = '') =>
    bank.send({ method: 'POST', url: `${url}${query}`, json, headers });
  const define = async (json: object) => {
    const answer = await post(json);
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json();
  };
  const remove = async (id: string) => {
    const tag = String((await bank.send({ url: `${url}/${id}` })).headers.etag);
    return await bank.send({ method: 'DELETE', url: `${url}/${id}`, headers: { 'if-match': tag } });
  };
  const begin = (lines: readonly string[]) => load(bank, lines, { mode: 'replace', query: 'confirmRemovals=true' });
  const stored = async () =>
    await bank.database.inInstitution(institutionId, async (tx) => {
      const { rows } = await sql<{ id: string; attributes: Record<string, unknown> }>`
        select core_customer_id as id, attributes from customer order by ordinal`.execute(tx.db);
      return Object.fromEntries(rows.map(({ id, attributes }) => [id, attributes]));
    });

  test('an attribute is made, read, listed by name, changed and deleted', async () => {
    const order = {
      name: 'relationshipTier',
      label: 'Tier',
      description: '*How* close.',
      dataType: 'enumeration',
      constraints: { choices: ['gold', 'silver'] },
    };
    const answer = await post(order);
    const { id, createdAt, createdBy, updatedAt, ...rest } = answer.json();
    assert.deepEqual([answer.statusCode, rest, createdAt], [201, order, updatedAt]);
    assert.equal(answer.headers.location, `${url}/${id}`);
    const tag = String(answer.headers.etag);
    assert.equal((await bank.send({ url: `${url}/${id}`, headers: { 'if-none-match': tag } })).statusCode, 304);
    await define({ name: 'age2', dataType: 'integer' });
    const page = (await bank.send({ url: `${url}?limit=1` })).json();
    assert.deepEqual([page.items[0].name, page.items[0].constraints, page.count], ['age2', {}, 2]);
    const next = (await bank.send({ url: page.nextPage_url })).json();
    assert.deepEqual([next.items[0].id, next.nextPage_url], [id, undefined]);

    const patch = (json: object, headers: Record<string, string> = {}) =>
      bank.send({ method: 'PATCH', url: `${url}/${id}`, json, headers });
    assert.equal((await patch({ label: 'x' })).statusCode, 428);
    assert.equal((await patch({ label: 'x' }, { 'if-match': '"other"' })).statusCode, 412);
    const same = await patch({ label: 'Tier', constraints: { choices: ['gold', 'silver'] } }, { 'if-match': tag });
    assert.deepEqual([same.statusCode, same.headers.etag], [200, tag]);
    const changed = await patch({ label: null, constraints: { choices: ['gold'] } }, { 'if-match': tag });
    assert.deepEqual(
      [changed.json().label, changed.json().description, changed.json().constraints],
      [undefined, '*How* close.', { choices: ['gold'] }],
    );
    assert.equal((await patch({ constraints: { choices: null } }, { 'if-match': '*' })).statusCode, 422);
    for (const fixed of [{ dataType: 'string' }, { name: 'other' }])
      assert.equal((await patch(fixed, { 'if-match': '*' })).statusCode, 400);

    const version = await customerVersion(bank);
    assert.equal((await bank.send({ method: 'DELETE', url: `${url}/${id}` })).statusCode, 428);
    assert.equal((await remove(id)).statusCode, 204);
    assert.equal((await bank.send({ url: `${url}/${id}` })).statusCode, 404);
    assert.equal(await customerVersion(bank), version + 1);
  });

  test('names of fields, filters and identifiers, taken ones and constraints that do not fit are refused', async () => {
    const names = [
      'regionCode',
      'REGIONcode',
      'accountCount',
      'coreCustomerIds',
      'taxIdNumber',
      'ssn',
      'hasEmailAddress',
    ];
    for (const name of names.filter((text) => /^[a-z]/.test(text)))
      assert.equal((await post({ name, dataType: 'string' })).statusCode, 422, name);
    for (const name of ['a', 'Tier', 'with space', 'x'.repeat(41), 'ünlaut', 'a_b'])
      assert.equal((await post({ name, dataType: 'string' })).statusCode, 400, name);
    await define({ name: 'takenName', dataType: 'string' });
    assert.equal((await post({ name: 'takenNAME', dataType: 'integer' })).statusCode, 409);
    const misfits: [string, object | undefined][] = [
      ['enumeration', undefined],
      ['enumeration', { choices: ['a', 'a'] }],
      ['enumeration', { choices: [' a'] }],
      ['string', { minimum: 1 }],
      ['boolean', { maxLength: 5 }],
      ['integer', { minimum: '1' }],
      ['integer', { minimum: 2, maximum: 1 }],
      ['decimal', { minimum: 1 }],
      ['decimal', { maximum: '1.005' }],
      ['decimal', { minimum: '10', maximum: '9' }],
      ['date', { minimum: '2026-02-30' }],
      ['date', { minimum: '2026-02-02', maximum: '2026-02-01' }],
    ];
    for (const [dataType, constraints] of misfits) {
      const answer = await post({ name: 'misfit', dataType, ...(constraints && { constraints }) });
      assert.equal(answer.statusCode, 422, `${dataType} ${JSON.stringify(constraints)}: ${answer.body}`);
    }
  });

  test('a dry run defines nothing, and a repeated key defines once', async () => {
    const order = { name: 'onceOnly', dataType: 'date' };
    const preview = await post(order, { prefer: 'return=representation' }, '?dryRun=true');
    assert.deepEqual([preview.statusCode, preview.json().name], [200, 'onceOnly']);
    assert.equal((await post(order, {}, '?dryRun=true')).statusCode, 204);
    const headers = { 'idempotency-key': 'attribute-1' };
    const first = await post(order, headers);
    const again = await post(order, headers);
    assert.deepEqual([again.statusCode, again.json()], [201, first.json()]);
  });

  test('values of each type are loaded by name, kept when absent, cleared when empty, and bad ones counted', async () => {
    const ids: Record<string, string> = {};
    const definitions = [
      { name: 'tier', dataType: 'enumeration', constraints: { choices: ['gold', 'Silver Plus'] } },
      { name: 'score', dataType: 'integer', constraints: { minimum: -5, maximum: 9 } },
      { name: 'limitOf', dataType: 'decimal', constraints: { maximum: '1000.50' } },
      { name: 'reviewedOn', dataType: 'date', constraints: { minimum: '2020-01-01' } },
      { name: 'isStaff', dataType: 'boolean' },
      { name: 'note', dataType: 'string', constraints: { maxLength: 5 } },
    ];
    for (const definition of definitions) ids[definition.name] = (await define(definition)).id;
    const named = (values: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [ids[name] ?? name, value]));
    const header = `coreCustomerId,${definitions.map(({ name }) => name).join(',')}`;
    const file = [
      header,
      'A1,gold,-5,1000.5,2026-01-31,true, a b ',
      'A2,bronze,10,1000.51,2019-12-31,yes,123456',
      'A3,,,,,,',
    ];
    const body = await begin(file);
    assert.deepEqual(
      body.invalidCells.map((part: { field: string; reason: string }) => [part.field, part.reason]).toSorted(),
      [
        ['isStaff', 'invalidFormat'],
        ['limitOf', 'outOfRange'],
        ['note', 'tooLong'],
        ['reviewedOn', 'outOfRange'],
        ['score', 'outOfRange'],
        ['tier', 'unknownChoice'],
      ],
    );
    const first = { tier: 'gold', score: -5, limitOf: 1000.5, reviewedOn: '2026-01-31', isStaff: true, note: 'a b' };
    assert.deepEqual(await stored(), { A1: named(first), A2: {}, A3: {} });
    assert.deepEqual(countsOf(await load(bank, file)), [0, 0, 3, 0, 0, 0]);
    assert.deepEqual(countsOf(await load(bank, ['coreCustomerId,score', 'A1,-5', 'A3,1'])), [0, 1, 1, 0, 0, 0]);
    const rows = ['{"coreCustomerId":"A1","score":0,"limitOf":0.25,"isStaff":false,"note":null,"tier":7}'];
    await load(bank, rows, { format: 'ndjson' });
    const { note: _cleared, tier: _refused, ...kept } = first;
    assert.deepEqual(await stored(), {
      A1: named({ ...kept, score: 0, limitOf: 0.25, isStaff: false }),
      A2: {},
      A3: named({ score: 1 }),
    });
    // Exactly what was loaded, as SQL sees it.
    const { rows: exact } = await bank.database.inInstitution(institutionId, (tx) =>
      tx.client.query(`select attributes->>$1 as text from customer where core_customer_id = 'A1'`, [ids.limitOf]),
    );
    assert.deepEqual(exact, [{ text: '0.25' }]);
    assert.equal((await sendLoad(bank, 'coreCustomerId,unheard\nA1,x\n')).statusCode, 400);
  });

  test('a deleted attribute takes its values with it, and one of the same name begins without any', async () => {
    const old = await define({ name: 'segmentCode', dataType: 'string' });
    await begin(['coreCustomerId,segmentCode', 'B1,x', 'B2,y', 'B3,']);
    assert.equal((await remove(old.id)).statusCode, 204);
    assert.equal((await sendLoad(bank, 'coreCustomerId,segmentCode\nB1,x\n')).statusCode, 400);
    const renewed = await define({ name: 'segmentCode', dataType: 'integer' });
    assert.notEqual(renewed.id, old.id);
    await load(bank, ['coreCustomerId,segmentCode', 'B1,7']);
    assert.deepEqual(await stored(), { B1: { [renewed.id]: 7 }, B2: {}, B3: {} });
  });

  test('an institution has a hundred attributes at most', async () => {
    const { count } = (await bank.send({ url: `${url}?limit=0` })).json();
    await bank.database.inInstitution(institutionId, (tx) =>
      tx.client.query(
        `insert into customer_attribute (institution_id, id, name, data_type, revision, created_at, created_by, updated_at)
          select $1, 'filler' || n, 'filler' || n, 'boolean', 1, now(), 'test', now() from generate_series(1, $2) n`,
        [institutionId, 99 - count],
      ),
    );
    await define({ name: 'theHundredth', dataType: 'boolean' });
    assert.equal((await post({ name: 'oneMore', dataType: 'boolean' })).statusCode, 422);
  });
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { scopes } from '../../src/modules/access/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { editModel, modelAudience } from './audience-model.ts';
import { giveCustomers, memberIds, plainCustomers } from './import-data.ts';

forEachEngine((engine) => {
  let bank: TestApp;
  let ids: string[];
  before(async () => {
    bank = await startTestApp(engine);
    ids = await giveCustomers(bank, plainCustomers(10));
  });
  after(() => bank.close());

  let names = 0;
  const copy = async (
    query: Record<string, string>,
    more: { body?: unknown; headers?: Record<string, string>; token?: string } = {},
  ) => {
    names += 1;
    return await bank.send({
      method: 'POST',
      url: `/service/customerAudiences?${new URLSearchParams(query)}`,
      json: more.body ?? { name: `Copy ${names}` },
      headers: more.headers ?? {},
      ...(more.token === undefined ? {} : { token: more.token }),
    });
  };
  const read = async (path: string, token?: string) =>
    await bank.send({
      method: 'GET',
      url: `/service/customerAudiences/${path}`,
      ...(token === undefined ? {} : { token }),
    });
  /** An audience of three lists, with four versions. */
  const source = async () => {
    const model = await modelAudience(bank, [3, 1, 2]);
    await editModel(bank, model, { mode: 'add', customers: [9, 5, 1] });
    await editModel(bank, model, { mode: 'remove', customers: [2] });
    await editModel(bank, model, { mode: 'add', customers: [2] });
    return model;
  };
  const explanationOf = async (audienceId: string, customer: number) =>
    (await read(`${audienceId}/customers/${ids[customer]}/explanation`)).json();

  test('a copy has the members of its source, and goes its own way', async () => {
    const model = await source();
    const answer = await copy({ copyOf: model.id }, { body: { name: 'Own way', description: 'A *copy*' } });
    assert.equal(answer.statusCode, 201, answer.body);
    const made = answer.json();
    assert.equal(answer.headers.location, `/service/customerAudiences/${made.id}`);
    assert.deepEqual(
      [made.kind, made.state, made.version, made.customerCount, made.copyOf, made.name, made.description],
      ['imported', 'active', 1, 5, model.id, 'Own way', 'A *copy*'],
    );
    assert.equal(made.identifierType, 'taxIdNumber');
    assert.deepEqual(
      await memberIds(bank, made.id),
      [1, 2, 3, 5, 9].map((index) => ids[index]),
    );
    const { items } = (await read(`${made.id}/versions`)).json();
    assert.deepEqual([items[0].cause, items[0].addedCount, items[0].import], ['copy', 5, undefined]);
    assert.equal((await read(made.id)).headers.etag, answer.headers.etag);

    const copied = { id: made.id, versions: [new Map(model.versions.at(-1))] };
    await editModel(bank, copied, { mode: 'add', customers: [7] });
    await editModel(bank, model, { mode: 'remove', customers: [1, 2, 3] });
    assert.equal((await memberIds(bank, made.id)).length, 6);
    assert.equal((await memberIds(bank, model.id)).length, 2);
  });

  test('a copy of an earlier version, of a copy, of an archived audience', async () => {
    const model = await source();
    await bank.send({ method: 'POST', url: `/service/archivedCustomerAudiences?customerAudience=${model.id}` });
    const early = (await copy({ copyOf: model.id, version: '1' })).json();
    assert.deepEqual(
      await memberIds(bank, early.id),
      [1, 2, 3].map((index) => ids[index]),
    );
    const again = (await copy({ copyOf: early.id })).json();
    assert.deepEqual([again.customerCount, again.copyOf], [3, early.id]);
    assert.equal((await copy({ copyOf: model.id, version: '5' })).statusCode, 404);
    for (const version of ['0', '-1', '1e2', '']) {
      assert.equal((await copy({ copyOf: model.id, version })).statusCode, 400, version);
    }
  });

  test('who came by which line is known of a copy, and of a copy of a copy, when the source is gone', async () => {
    const model = await source();
    const first = (await copy({ copyOf: model.id })).json();
    const second = (await copy({ copyOf: first.id })).json();
    await bank.send({ method: 'DELETE', url: `/service/customerAudiences/${model.id}`, headers: { 'if-match': '*' } });
    const copied = { id: second.id, versions: [new Map(model.versions.at(-1))] };
    await editModel(bank, copied, { mode: 'remove', customers: [3] });
    await editModel(bank, copied, { mode: 'add', customers: [3, 8] });
    for (const [customer, origin] of model.versions.at(-1) ?? []) {
      const inFirst = await explanationOf(first.id, customer);
      assert.deepEqual([inFirst.sinceVersion, inFirst.recordNumber], [1, origin.line], `customer ${customer}`);
      // The import's audience is gone: who made the import sees it still.
      assert.equal(inFirst.import, origin.importId);
      const inSecond = await explanationOf(second.id, customer);
      const expected = customer === 3 ? [3, 1] : [1, origin.line];
      assert.deepEqual([inSecond.sinceVersion, inSecond.recordNumber], expected, `customer ${customer}`);
    }
    assert.deepEqual((await explanationOf(second.id, 8)).recordNumber, 2);
    assert.equal((await read(first.id)).json().copyOf, undefined, 'of a source that is gone nothing is told');
  });

  test('what is a copy of what is told to whoever sees both, and the entity tag tells them apart', async () => {
    const model = await source();
    const made = (await copy({ copyOf: model.id })).json();
    const reader = await bank.createPrincipal({ kind: 'person', scopes, roles: ['analyst'] });
    const share = (audienceId: string) =>
      bank.send({
        method: 'POST',
        url: `/service/customerAudiences/${audienceId}/collaborators`,
        json: { principalId: reader.principalId, access: 'edit' },
      });
    await share(made.id);
    const blind = await read(made.id, reader.token);
    assert.equal(blind.json().copyOf, undefined);
    const list = async () => {
      const answer = await bank.send({ url: '/service/customerAudiences', token: reader.token });
      return answer.json().items;
    };
    const listed = await list();
    assert.deepEqual(
      listed.map((item: { copyOf?: string }) => item.copyOf),
      [undefined],
    );
    const url = `/service/customerAudiences/${made.id}`;
    const patch = { method: 'PATCH', url, token: reader.token, json: { description: 'x' } } as const;
    const renamed = await bank.send({ ...patch, headers: { 'if-match': String(blind.headers.etag) } });
    assert.deepEqual([renamed.statusCode, renamed.json().copyOf], [200, undefined]);
    const explained = await read(`${made.id}/customers/${ids[3]}/explanation`, reader.token);
    assert.deepEqual([explained.json().import, explained.json().recordNumber], [undefined, 3]);

    await share(model.id);
    const seeing = await read(made.id, reader.token);
    assert.equal(seeing.json().copyOf, model.id);
    assert.notEqual(seeing.headers.etag, renamed.headers.etag);
    const both = await list();
    assert.equal(both.find((item: { id: string }) => item.id === made.id).copyOf, model.id);
  });

  test('the right to edit, and sight of the source', async () => {
    const { id } = await source();
    assert.equal((await copy({ copyOf: id }, { token: bank.tokens.other })).statusCode, 404);
    const stranger = await bank.createToken({ kind: 'person', scopes, roles: ['analyst'] });
    assert.equal((await copy({ copyOf: id }, { token: stranger })).statusCode, 404);
    const viewer = await bank.createPrincipal({ kind: 'person', scopes, roles: ['viewer'] });
    assert.equal((await copy({ copyOf: id }, { token: viewer.token })).statusCode, 403);
    assert.equal((await copy({ copyOf: 'f'.repeat(20) })).statusCode, 404);
    assert.equal((await copy({})).statusCode, 400);
    assert.equal((await copy({ copyOf: id, fields: 'x' })).statusCode, 400);
    for (const body of [{}, { name: '' }, { name: 'a\nb' }, { name: 'x', filters: [] }, []]) {
      assert.equal((await copy({ copyOf: id }, { body })).statusCode, 400, JSON.stringify(body));
    }
  });

  test('a name that is taken, a dry run, and the same key twice', async () => {
    const { id } = await source();
    const body = { name: 'Once only' };
    const headers = { 'idempotency-key': 'copy-once' };
    const dry = await copy({ copyOf: id, dryRun: 'true' }, { body });
    assert.equal(dry.statusCode, 204, dry.body);
    const made = await copy({ copyOf: id }, { body, headers });
    assert.equal(made.statusCode, 201, made.body);
    const again = await copy({ copyOf: id }, { body, headers });
    assert.deepEqual([again.statusCode, again.headers['idempotency-replayed']], [201, 'true']);
    assert.equal(again.json().id, made.json().id);
    const taken = await copy({ copyOf: id }, { body: { name: 'ONCE  only' } });
    assert.match(taken.json().type, /audienceNameTaken/);
    assert.match((await copy({ copyOf: id, dryRun: 'true' }, { body })).json().type, /audienceNameTaken/);
    const entries = await bank.database.inInstitution(institutionId, (tx) =>
      tx.db.selectFrom('audit_entry').select('detail').where('resource', '=', made.json().id).execute(),
    );
    assert.deepEqual(entries, [{ detail: { copyOf: id, audienceVersion: 4, customerCount: 5 } }]);
  });

  test('a version whose count is not that of its members is not copied', async () => {
    const { id } = await source();
    await bank.database.asOperator((tx) =>
      tx.client.query('update audience_version set customer_count = 6 where audience_id = $1 and version = 4', [id]),
    );
    assert.equal((await copy({ copyOf: id }, { body: { name: 'Never made' } })).statusCode, 500);
    const { count } = (await bank.send({ url: '/service/customerAudiences?name=Never' })).json();
    assert.equal(count, 0);
  });

  test('copies of one audience at once, while it is edited', async () => {
    const model = await source();
    const answers = await Promise.all([
      copy({ copyOf: model.id }),
      editModel(bank, model, { mode: 'add', customers: [0] }),
      copy({ copyOf: model.id }),
    ]);
    for (const answer of [answers[0], answers[2]]) {
      assert.equal(answer.statusCode, 201, answer.body);
      const made = answer.json();
      assert.equal((await memberIds(bank, made.id)).length, made.customerCount);
      assert.ok([5, 6].includes(made.customerCount));
    }
  });
});

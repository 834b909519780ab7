import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Role, scopes } from '../../src/modules/access/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import type { TestPrincipal } from '../support/test-principals.ts';
import { seedAudience, seedCustomers } from './audience-data.ts';
import { importBody } from './import-data.ts';

forEachEngine((engine) => {
  let bank: TestApp;
  let owner: TestPrincipal;
  let other: TestPrincipal;
  let reader: TestPrincipal;
  let auditor: TestPrincipal;

  const person = (...roles: Role[]) => bank.createPrincipal({ scopes, roles, kind: 'person' });
  const url = (id: string) => `/service/customerAudiences/${id}`;
  const get = (who: TestPrincipal, address: string) => bank.send({ url: address, token: who.token });
  const post = (who: TestPrincipal, address: string, json: unknown, headers: Record<string, string> = {}) =>
    bank.send({ method: 'POST', url: address, token: who.token, json, headers });
  const share = (who: TestPrincipal, id: string, principalId: string, access: string) =>
    post(who, `${url(id)}/collaborators`, { principalId, access });
  const unshare = (who: TestPrincipal, id: string, principalId: string) =>
    bank.send({ method: 'DELETE', url: `${url(id)}/collaborators/${principalId}`, token: who.token });
  const patch = (who: TestPrincipal, id: string, json: unknown) =>
    bank.send({ method: 'PATCH', url: url(id), token: who.token, json, headers: { 'if-match': '*' } });
  const namesOf = async (who: TestPrincipal, query = '') => {
    const page = (await get(who, `/service/customerAudiences?sortBy=name&limit=1000${query}`)).json();
    assert.equal(page.count, page.items.length, 'count and rows agree');
    return page.items.map((item: { name: string }) => item.name);
  };
  let names = 0;
  async function owned(by: TestPrincipal = owner) {
    names += 1;
    return await seedAudience(bank, { name: `Owned ${names}`, members: [0, 1], by: by.principalId });
  }
  async function trail(operation: string) {
    return await bank.database.inInstitution(institutionId, (tx) =>
      tx.db
        .selectFrom('audit_entry')
        .select(['outcome', 'resource', 'detail', 'principal_id'])
        .where('institution_id', '=', institutionId)
        .where('operation', '=', operation)
        .orderBy('sequence')
        .execute(),
    );
  }

  before(async () => {
    bank = await startTestApp(engine);
    await seedCustomers(bank, 5);
    owner = await person('analyst');
    other = await person('analyst');
    reader = await person('viewer');
    auditor = await person('auditor', 'analyst');
  });
  after(() => bank.close());

  /** Every address under one audience, as whoever has every right but sees it or not. */
  const readsOf = (id: string) =>
    ['', '/customers', '/customerIds', '/collaborators', `/collaborators/${owner.principalId}`].map(
      (tail) => `${url(id)}${tail}`,
    );

  test('what is neither own nor shared is as if it did not exist', async () => {
    const { id } = await owned();
    // What is shared with others is not shared with everybody.
    await share(owner, id, reader.principalId, 'view');
    for (const address of readsOf(id)) {
      const hidden = await get(other, address);
      const absent = await get(other, address.replace(id, '00000000000000000000'));
      assert.equal(hidden.statusCode, 404, address);
      const { detail, type } = hidden.json();
      assert.deepEqual({ detail, type }, { detail: absent.json().detail, type: absent.json().type });
    }
    assert.equal((await patch(other, id, { name: 'x' })).statusCode, 404);
    for (const state of ['archived', 'active']) {
      const moved = await post(other, `/service/${state}CustomerAudiences?customerAudience=${id}`, undefined);
      assert.equal(moved.statusCode, 404);
    }
    const headers = { 'if-match': '*' };
    const deleted = await bank.send({ method: 'DELETE', url: url(id), token: other.token, headers });
    assert.equal(deleted.statusCode, 404);
    const { name: _name, ...list } = importBody('1', { mode: 'add' });
    assert.equal((await post(other, `${url(id)}/importedCustomers`, list)).statusCode, 404);
    assert.equal((await share(other, id, reader.principalId, 'view')).statusCode, 404);
    assert.equal((await unshare(other, id, reader.principalId)).statusCode, 404);
    assert.equal((await get(owner, url(id))).statusCode, 200);
  });

  test('lists and counts hold own and shared audiences; administrators and auditors see all', async () => {
    const lister = await person('analyst');
    const mine = await seedAudience(bank, { name: 'A mine', by: lister.principalId });
    const given = await seedAudience(bank, { name: 'B given', by: owner.principalId });
    await seedAudience(bank, { name: 'C hidden', by: owner.principalId });
    await share(owner, given.id, lister.principalId, 'view');
    assert.deepEqual(await namesOf(lister), ['A mine', 'B given']);
    assert.deepEqual(await namesOf(lister, `&createdBy=${owner.principalId}`), ['B given']);
    assert.deepEqual(await namesOf(lister, `&sharedWith=${lister.principalId}`), ['B given']);
    assert.deepEqual(await namesOf(lister, '&name=hidden'), []);
    const first = (await get(lister, '/service/customerAudiences?sortBy=name&limit=1')).json();
    assert.equal(first.count, 2);
    assert.deepEqual(
      (await get(lister, first.nextPage_url)).json().items.map((item: { id: string }) => item.id),
      [given.id],
    );
    for (const all of [auditor, await person('administrator')]) {
      assert.ok((await namesOf(all)).includes('C hidden'));
      assert.equal((await get(all, url(mine.id))).statusCode, 200);
    }
    assert.deepEqual(await namesOf(auditor, `&sharedWith=${lister.principalId}`), ['B given']);
  });

  test('to view is to read the audience and its members; to edit is also to change it, never to share or delete it', async () => {
    const { id } = await owned();
    const first = await share(owner, id, other.principalId, 'view');
    assert.equal(first.statusCode, 201, first.body);
    assert.equal(first.headers.location, `${url(id)}/collaborators/${other.principalId}`);
    const { createdAt, ...body } = first.json();
    assert.deepEqual(body, {
      id: other.principalId,
      principalId: other.principalId,
      kind: 'person',
      name: 'Test Person',
      access: 'view',
      createdBy: owner.principalId,
    });
    assert.ok(createdAt);
    for (const address of readsOf(id).slice(0, 4)) assert.equal((await get(other, address)).statusCode, 200, address);
    // A second read comes from the bitmap in memory.
    assert.equal((await get(other, `${url(id)}/customers`)).json().count, 2);
    const { name: _name, ...list } = importBody('1', { mode: 'add' });
    const denied = [
      await patch(other, id, { name: 'No' }),
      await post(other, `/service/archivedCustomerAudiences?customerAudience=${id}`, undefined),
      await post(other, `${url(id)}/importedCustomers`, list),
      await bank.send({ method: 'DELETE', url: url(id), token: other.token, headers: { 'if-match': '*' } }),
      await share(other, id, reader.principalId, 'view'),
      await unshare(other, id, other.principalId),
    ];
    for (const answer of denied) {
      assert.equal(answer.statusCode, 403, answer.body);
      assert.match(answer.json().type, /\/forbidden\//);
    }
    const again = await share(owner, id, other.principalId, 'edit');
    assert.equal(again.statusCode, 200);
    assert.equal(again.json().access, 'edit');
    assert.equal((await patch(other, id, { description: 'theirs' })).statusCode, 200);
    const archived = await post(other, `/service/archivedCustomerAudiences?customerAudience=${id}`, undefined);
    assert.equal(archived.statusCode, 200);
    assert.equal(
      (await post(other, `/service/activeCustomerAudiences?customerAudience=${id}`, undefined)).statusCode,
      200,
    );
    const added = await post(other, `${url(id)}/importedCustomers`, {
      ...list,
      identifierType: 'coreCustomerId',
      content: Buffer.from('CORE-3').toString('base64'),
    });
    assert.equal(added.statusCode, 200, added.body);
    assert.equal(added.json().addedCount, 1);
    assert.equal((await share(other, id, reader.principalId, 'view')).statusCode, 403);
    const refused = await bank.send({
      method: 'DELETE',
      url: url(id),
      token: other.token,
      headers: { 'if-match': '*' },
    });
    assert.equal(refused.statusCode, 403);
  });

  test('a share gives no right that the roles do not', async () => {
    const { id } = await owned();
    await share(owner, id, reader.principalId, 'edit');
    assert.equal((await get(reader, url(id))).statusCode, 200);
    assert.equal((await patch(reader, id, { name: 'No' })).statusCode, 403);
  });

  test('an auditor sees every audience and changes none; an administrator does what its owner may', async () => {
    const { id } = await owned();
    assert.equal((await get(auditor, `${url(id)}/customers`)).statusCode, 200);
    assert.equal((await patch(auditor, id, { name: 'No' })).statusCode, 403);
    const administrator = await person('administrator');
    assert.equal((await share(administrator, id, other.principalId, 'edit')).statusCode, 201);
    assert.equal((await unshare(administrator, id, other.principalId)).statusCode, 204);
    const gone = await bank.send({
      method: 'DELETE',
      url: url(id),
      token: administrator.token,
      headers: { 'if-match': '*' },
    });
    assert.equal(gone.statusCode, 204);
  });

  test('a share that ends takes effect at once, also on a walk', async () => {
    const { id } = await owned();
    await share(owner, id, other.principalId, 'view');
    await share(owner, id, reader.principalId, 'view');
    const page = (await get(other, `${url(id)}/customerIds?limit=1`)).json();
    assert.equal(page.count, 2);
    assert.equal((await unshare(owner, id, other.principalId)).statusCode, 204);
    assert.equal((await get(other, page.nextPage_url)).statusCode, 404);
    assert.equal((await get(other, url(id))).statusCode, 404);
    assert.equal((await unshare(owner, id, other.principalId)).statusCode, 404);
    assert.equal((await get(owner, `${url(id)}/collaborators/${other.principalId}`)).statusCode, 404);
  });

  test('an audience is shared with people and applications of the institution only, not with the owner or oneself', async () => {
    const { id } = await owned();
    const application = await bank.createPrincipal({ scopes, roles: ['analyst'] });
    const named = await share(owner, id, application.principalId, 'view');
    assert.deepEqual([named.statusCode, named.json().kind], [201, 'application']);
    const stranger = await bank.createPrincipal({ scopes, institutionId: otherInstitutionId, kind: 'person' });
    const guest = await bank.createPrincipal({
      scopes,
      institutionIds: [otherInstitutionId, institutionId],
      kind: 'person',
    });
    assert.equal((await share(owner, id, guest.principalId, 'view')).statusCode, 201);
    const administrator = await person('administrator');
    const disabled = await person('analyst');
    await bank.database.asOperator((tx) =>
      tx.db.updateTable('user_account').set({ state: 'disabled' }).where('id', '=', disabled.principalId).execute(),
    );
    const refused = [
      await share(owner, id, stranger.principalId, 'view'),
      await share(owner, id, '00000000000000000000', 'view'),
      await share(owner, id, disabled.principalId, 'view'),
      await share(owner, id, owner.principalId, 'view'),
      await share(administrator, id, owner.principalId, 'view'),
      await share(administrator, id, administrator.principalId, 'view'),
    ];
    for (const answer of refused) assert.equal(answer.statusCode, 422, answer.body);
    assert.deepEqual(new Set(refused.slice(0, 3).map((answer) => answer.json().detail)).size, 1);
    for (const json of [{ principalId: 'x', access: 'view' }, { principalId: other.principalId, access: 'own' }, {}]) {
      assert.equal((await post(owner, `${url(id)}/collaborators`, json)).statusCode, 400);
    }
  });

  test('the list of collaborators is paged, and a person without a grant has no name there', async () => {
    const { id } = await owned();
    const people = [other, reader, await person('viewer')];
    for (const { principalId } of people) await share(owner, id, principalId, 'view');
    const sorted = people.map(({ principalId }) => principalId).toSorted();
    await bank.database.asOperator((tx) =>
      tx.db
        .deleteFrom('user_grant')
        .where('user_account_id', '=', people[2]?.principalId ?? '')
        .execute(),
    );
    const seen: { id: string; name?: string }[] = [];
    let address: string | undefined = `${url(id)}/collaborators?limit=2`;
    while (address !== undefined) {
      const page: { count: number; items: typeof seen; nextPage_url?: string } = (await get(owner, address)).json();
      assert.equal(page.count, 3);
      seen.push(...page.items);
      address = page.nextPage_url;
    }
    assert.deepEqual(
      seen.map((item) => item.id),
      sorted,
    );
    assert.deepEqual(
      seen.filter((item) => item.name === undefined).map((item) => item.id),
      [people[2]?.principalId],
    );
  });

  test('a dry run shares nothing, a repeated key shares once, and each act is in the trail', async () => {
    const { id } = await owned();
    const address = `${url(id)}/collaborators`;
    const json = { principalId: reader.principalId, access: 'view' };
    const dry = await post(owner, `${address}?dryRun=true`, json);
    assert.equal(dry.statusCode, 204);
    const shown = await post(owner, `${address}?dryRun=true`, json, { prefer: 'return=representation' });
    assert.deepEqual([shown.statusCode, shown.json().access, shown.headers.location], [200, 'view', undefined]);
    assert.equal((await get(owner, address)).json().count, 0);
    const key = { 'idempotency-key': 'share-1' };
    assert.equal((await post(owner, address, json, key)).statusCode, 201);
    const repeated = await post(owner, address, json, key);
    assert.deepEqual([repeated.statusCode, repeated.headers['idempotency-replayed']], [201, 'true']);
    assert.equal((await post(owner, address, { ...json, access: 'edit' }, key)).statusCode, 422);
    const dryEnd = await bank.send({
      method: 'DELETE',
      url: `${address}/${reader.principalId}?dryRun=true`,
      token: owner.token,
    });
    assert.equal(dryEnd.statusCode, 204);
    assert.equal((await get(owner, address)).json().count, 1);
    assert.equal((await unshare(owner, id, reader.principalId)).statusCode, 204);
    assert.equal((await share(other, id, reader.principalId, 'view')).statusCode, 404);
    await share(owner, id, other.principalId, 'view');
    await share(other, id, reader.principalId, 'view');
    const outcomes = (await trail('shareCustomerAudience'))
      .filter((entry) => entry.resource === id)
      .map((entry) => entry.outcome);
    assert.deepEqual(outcomes, ['preview', 'preview', 'done', 'done', 'denied']);
    const [, ended] = (await trail('unshareCustomerAudience')).filter((entry) => entry.resource === id);
    assert.deepEqual(ended?.detail, { principalId: reader.principalId, access: 'none', accessBefore: 'view' });
  });

  test('deleting an audience ends its shares; its name tells nobody more than that it is taken', async () => {
    const { id } = await owned();
    await share(owner, id, other.principalId, 'edit');
    const taken = (await get(owner, url(id))).json().name;
    const refused = await post(await person('analyst'), '/service/importedCustomerAudiences', {
      ...importBody('CORE-1'),
      identifierType: 'coreCustomerId',
      name: taken,
    });
    assert.equal(refused.statusCode, 409);
    assert.ok(!refused.body.includes(id));
    await bank.send({ method: 'DELETE', url: url(id), token: owner.token, headers: { 'if-match': '*' } });
    const left = await bank.database.asOperator((tx) =>
      tx.db.selectFrom('audience_share').selectAll().where('audience_id', '=', id).execute(),
    );
    assert.deepEqual(left, []);
  });

  test('row-level security holds for shares without a where', async () => {
    const seen = await bank.database.inInstitution(otherInstitutionId, (tx) =>
      tx.db.selectFrom('audience_share').selectAll().execute(),
    );
    assert.deepEqual(seen, []);
  });
});

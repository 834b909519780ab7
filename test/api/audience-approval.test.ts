import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Role, scopes } from '../../src/modules/access/index.ts';
import type { FilterBody } from '../../src/modules/filters/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import type { TestPrincipal } from '../support/test-principals.ts';
import { load } from './customer-data.ts';
import { importList } from './import-data.ts';

const rows = Array.from(
  { length: 40 },
  (_, index) => `C${index},retail,${1950 + index},${['NC', 'SC'][index % 2]},${index % 4}`,
);
const older: FilterBody = { filterType: { name: 'customerAge' }, operator: 'greaterThan', values: [60] };
const retail: FilterBody = { filterType: { name: 'customerType' }, operator: 'equals', values: ['retail'] };
const inNc: FilterBody = { filterType: { name: 'regionCode' }, operator: 'equals', values: ['NC'] };
const inAudience = (...values: string[]): FilterBody => ({
  filterType: { name: 'customerAudience' },
  operator: 'in',
  values,
});
const justification = 'The senior checking account by law is for those over 60 only.';

forEachEngine((engine) => {
  let bank: TestApp;
  let author: TestPrincipal;
  let colleague: TestPrincipal;
  let approver: TestPrincipal;
  let names = 0;

  const person = (...roles: Role[]) => bank.createPrincipal({ scopes, roles, kind: 'person' });
  before(async () => {
    bank = await startTestApp(engine);
    const attribute = { name: 'tier', dataType: 'integer' };
    assert.equal(
      (await bank.send({ method: 'POST', url: '/service/customerAttributes', json: attribute })).statusCode,
      201,
    );
    await load(bank, ['coreCustomerId,customerType,birthYear,regionCode,tier', ...rows]);
    author = await person('analyst', 'approver', 'viewer');
    colleague = await person('administrator', 'analyst', 'viewer', 'approver');
    approver = await person('approver');
  });
  after(() => bank.close());

  const create = (json: Record<string, unknown>, query = '') => {
    names += 1;
    return bank.send({
      method: 'POST',
      url: `/service/customerAudiences${query}`,
      token: author.token,
      json: { name: `Approved ${names}`, ...json },
    });
  };
  const made = async (json: Record<string, unknown>, query = '') => {
    const answer = await create(json, query);
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json();
  };
  const forCredit = (json: Record<string, unknown>, query = '') => made({ purpose: 'credit', ...json }, query);
  const read = (id: string, who = author) => bank.send({ url: `/service/customerAudiences/${id}`, token: who.token });
  const patch = async (id: string, json: Record<string, unknown>, who = author) => {
    const etag = String((await read(id, who)).headers.etag);
    const url = `/service/customerAudiences/${id}`;
    return await bank.send({ method: 'PATCH', url, headers: { 'if-match': etag }, token: who.token, json });
  };
  const approve = async (id: string, who: TestPrincipal, query = '') => {
    const etag = String((await read(id, who)).headers.etag);
    return await bank.send({
      method: 'POST',
      url: `/service/approvedCustomerAudiences?customerAudience=${id}${query}`,
      headers: { 'if-match': etag },
      token: who.token,
    });
  };
  const approved = async (id: string, who = approver) => {
    const answer = await approve(id, who);
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json();
  };
  const refresh = async (id: string) => {
    const url = `/service/refreshedCustomerAudiences?customerAudience=${id}`;
    const answer = await bank.send({ method: 'POST', url, token: author.token });
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json();
  };
  /** Status of every address that tells members. */
  const tellings = async (id: string, query = '') => {
    const statuses = [];
    for (const tail of [`customers?limit=5${query}`, `customerIds?limit=5${query}`]) {
      const answer = await bank.send({ url: `/service/customerAudiences/${id}/${tail}`, token: author.token });
      if (answer.statusCode === 409) assert.equal(answer.json().type, '/errors/approvalPending/v1.0.0');
      statuses.push(answer.statusCode);
    }
    return statuses;
  };
  const stateOf = async (id: string) => (await read(id)).json().state;
  const trail = (operation: string, resource: string) =>
    bank.database.inInstitution(institutionId, (tx) =>
      tx.db
        .selectFrom('audit_entry')
        .select(['outcome', 'detail'])
        .where('operation', '=', operation)
        .where('resource', '=', resource)
        .orderBy('sequence')
        .execute(),
    );

  test('an audience has a purpose: the one that is said, or marketing', async () => {
    assert.equal((await made({ filters: [older] })).purpose, 'marketing');
    const research = await made({ filters: [older], purpose: 'research' });
    assert.deepEqual([research.purpose, research.state, research.approval], ['research', 'active', undefined]);
    assert.deepEqual(await tellings(research.id), [200, 200]);
    const found = await bank.send({ url: '/service/customerAudiences?purpose=research', token: author.token });
    assert.deepEqual(
      found.json().items.map((item: { id: string }) => item.id),
      [research.id],
    );
    const more = { identifierType: 'coreCustomerId', purpose: 'servicing' };
    const list = await importList(bank, 'C1', more);
    assert.deepEqual([list.statusCode, list.json().purpose], [201, 'servicing']);
    assert.equal((await create({ filters: [older], purpose: 'gossip' })).statusCode, 400);
  });

  test('for credit, a restricted filter needs a justification, others do not', async () => {
    const refused = await create({ filters: [retail, { not: { anyOf: [older, inNc] } }], purpose: 'credit' });
    assert.deepEqual(
      [refused.statusCode, refused.json().type, refused.json().attributes],
      [422, '/errors/justificationNeeded/v1.0.0', { filterTypes: ['customerAge', 'regionCode'] }],
    );
    const free = await forCredit({ filters: [retail] });
    assert.deepEqual([free.state, free.approval], ['active', undefined]);
    assert.equal((await create({ filters: [older], purpose: 'credit', justification: 'Too short' })).statusCode, 400);
  });

  test('until somebody else approves, nobody is told its members', async () => {
    const audience = await forCredit({ filters: [older], justification });
    assert.equal(audience.state, 'pendingApproval');
    assert.deepEqual(audience.approval.filterTypes, ['customerAge']);
    assert.deepEqual(audience.approval.requestedBy, [author.principalId]);
    assert.deepEqual(await tellings(audience.id), [409, 409]);
    assert.deepEqual(await tellings(audience.id, '&version=1'), [409, 409]);
    const changes = `/service/customerAudiences/${audience.id}/versions/1/changes`;
    assert.equal((await bank.send({ url: changes, token: author.token })).statusCode, 409);
    const pending = await bank.send({ url: '/service/customerAudiences?state=pendingApproval', token: author.token });
    assert.deepEqual(
      pending.json().items.map((item: { id: string }) => item.id),
      [audience.id],
    );
    const active = await bank.send({ url: '/service/customerAudiences?state=active&limit=1000', token: author.token });
    assert.ok(active.json().items.every((item: { id: string }) => item.id !== audience.id));

    const own = await approve(audience.id, author);
    assert.equal(own.statusCode, 403, own.body);
    const program = await bank.createPrincipal({ scopes, roles: ['approver'], kind: 'application' });
    assert.equal((await approve(audience.id, program)).statusCode, 403);
    assert.equal(await stateOf(audience.id), 'pendingApproval');

    const body = await approved(audience.id);
    assert.deepEqual([body.state, body.approval.approvedBy], ['active', approver.principalId]);
    assert.deepEqual(await tellings(audience.id), [200, 200]);
    const entries = await trail('approveCustomerAudience', audience.id);
    assert.deepEqual(
      entries.map(({ outcome }) => outcome),
      ['denied', 'denied', 'done'],
    );
    assert.deepEqual(entries[2]?.detail, { audienceVersion: 1, filterTypes: ['customerAge'], justification });
    assert.equal((await approved(audience.id)).approval.approvedAt, body.approval.approvedAt, 'once is enough');
  });

  test('what is approved is what was read', async () => {
    const audience = await forCredit({ filters: [older], justification });
    const url = `/service/approvedCustomerAudiences?customerAudience=${audience.id}`;
    const { etag } = (await read(audience.id)).headers;
    assert.equal((await patch(audience.id, { filters: [older, inNc] })).statusCode, 200);
    const send = (headers: Record<string, string>) =>
      bank.send({ method: 'POST', url, headers, token: approver.token });
    assert.equal((await send({})).statusCode, 428);
    assert.equal((await send({ 'if-match': String(etag) })).statusCode, 412);
    assert.equal((await approve(audience.id, approver, '&dryRun=true')).statusCode, 204);
    assert.equal(await stateOf(audience.id), 'pendingApproval');
    const absent = await bank.send({
      method: 'POST',
      url: `${url.slice(0, -20)}00000000000000000000`,
      headers: { 'if-match': '*' },
      token: approver.token,
    });
    assert.equal(absent.statusCode, 404);
  });

  test('other filters are approved anew, and versions that never were stay untold', async () => {
    const audience = await forCredit({ filters: [older], justification });
    await approved(audience.id);
    const wider = await patch(audience.id, { filters: [older, inNc] });
    assert.deepEqual([wider.json().state, wider.json().version], ['pendingApproval', 2]);
    assert.deepEqual(await tellings(audience.id, '&version=1'), [409, 409], 'all of it waits');
    const again = await patch(audience.id, { filters: [inNc] });
    assert.deepEqual([again.json().version, again.json().approval.filterTypes], [3, ['regionCode']]);
    await approved(audience.id);
    for (const [version, status] of [
      [1, 200],
      [2, 409],
      [3, 200],
    ]) {
      assert.deepEqual(await tellings(audience.id, `&version=${version}`), [status, status], `version ${version}`);
    }
    const changes = `/service/customerAudiences/${audience.id}/versions/3/changes`;
    assert.equal((await bank.send({ url: changes, token: author.token })).statusCode, 409);
    assert.equal((await bank.send({ url: `${changes}?against=1`, token: author.token })).statusCode, 200);
    const free = await patch(audience.id, { filters: [retail] });
    assert.deepEqual([free.json().state, free.json().approval], ['active', undefined]);
    assert.deepEqual(await tellings(audience.id), [200, 200]);
  });

  test('the same filters, a new name and a refresh keep the approval; another justification does not', async () => {
    const audience = await forCredit({ filters: [older], justification });
    await approved(audience.id);
    assert.equal((await patch(audience.id, { filters: [older], name: 'Approved and renamed' })).json().state, 'active');
    assert.equal((await refresh(audience.id)).state, 'active');
    const other = await patch(audience.id, { justification: `${justification} Counsel agrees.` }, colleague);
    assert.equal(other.json().state, 'pendingApproval');
    assert.deepEqual(other.json().approval.requestedBy, [colleague.principalId]);
    assert.equal((await approve(audience.id, colleague)).statusCode, 403);
    await approved(audience.id, author);
  });

  test('everybody who wrote a part is an author', async () => {
    const audience = await forCredit({ filters: [older], justification });
    await patch(audience.id, { justification: `${justification} And more.` }, colleague);
    for (const who of [author, colleague]) assert.equal((await approve(audience.id, who)).statusCode, 403);
    await approved(audience.id);
  });

  test('an audience for credit stays one', async () => {
    const audience = await forCredit({ filters: [older], justification });
    assert.equal((await patch(audience.id, { purpose: 'marketing' })).statusCode, 422);
    assert.equal((await patch(audience.id, { purpose: 'credit' })).statusCode, 200);
    const other = await made({ filters: [older] });
    const refused = await patch(other.id, { purpose: 'credit' });
    assert.deepEqual([refused.statusCode, refused.json().type], [422, '/errors/justificationNeeded/v1.0.0']);
    const turned = await patch(other.id, { purpose: 'credit', justification });
    assert.deepEqual([turned.statusCode, turned.json().state], [200, 'pendingApproval']);
  });

  test('versions of another purpose are not told once the audience is for credit', async () => {
    const audience = await made({ filters: [older] });
    await patch(audience.id, { filters: [retail] });
    const turned = await patch(audience.id, { purpose: 'credit' });
    assert.deepEqual([turned.statusCode, turned.json().state], [200, 'active']);
    assert.deepEqual(await tellings(audience.id, '&version=1'), [409, 409]);
    assert.deepEqual(await tellings(audience.id, '&version=2'), [200, 200]);
  });

  test('a copy stands on what its source stood on', async () => {
    const source = await made({ filters: [older] });
    await patch(source.id, { filters: [retail] });
    const old = `?copyOf=${source.id}&version=1`;
    assert.equal((await create({ purpose: 'credit' }, old)).statusCode, 422);
    const copy = await forCredit({ justification }, old);
    assert.deepEqual([copy.state, copy.approval.filterTypes], ['pendingApproval', ['customerAge']]);
    assert.deepEqual(await tellings(copy.id), [409, 409]);
    assert.equal((await forCredit({}, `?copyOf=${source.id}`)).state, 'active', 'its present filters are free');
    const credit = await forCredit({ filters: [older], justification });
    const frozen = await create({ freeze: true }, `?copyOf=${credit.id}`);
    assert.equal(frozen.statusCode, 422, 'a copy of an audience for credit is for credit');
  });

  test('what an audience asks others about counts as its own, also when those change', async () => {
    const used = await made({ filters: [retail] });
    const between = await made({ filters: [inAudience(used.id)] });
    const credit = await forCredit({ filters: [inAudience(between.id)] });
    assert.equal(credit.state, 'active');
    const changed = await patch(used.id, { filters: [older] }, author);
    assert.equal(changed.statusCode, 200, changed.body);
    const waiting = (await read(credit.id)).json();
    assert.deepEqual([waiting.state, waiting.approval.filterTypes], ['pendingApproval', ['customerAge']]);
    assert.deepEqual((await trail('patchCustomerAudience', used.id)).at(-1)?.detail.nowPending, [credit.id]);
    const unjustified = await approve(credit.id, approver);
    assert.deepEqual([unjustified.statusCode, unjustified.json().type], [422, '/errors/justificationNeeded/v1.0.0']);
    assert.equal((await refresh(credit.id)).state, 'pendingApproval');
    assert.equal((await patch(credit.id, { justification })).statusCode, 200);
    await approved(credit.id);
    assert.deepEqual(await tellings(credit.id), [200, 200]);
    assert.equal((await create({ filters: [inAudience(between.id)], purpose: 'credit' })).statusCode, 422);
  });

  test('members that a restricted filter selected stay untold until they are found anew', async () => {
    const used = await made({ filters: [retail] });
    const credit = await forCredit({ filters: [inAudience(used.id)] });
    await patch(used.id, { filters: [older] });
    await refresh(used.id);
    await refresh(credit.id);
    await patch(used.id, { filters: [retail] });
    const freed = (await read(credit.id)).json();
    assert.deepEqual([freed.state, freed.approval], ['active', undefined]);
    assert.deepEqual(await tellings(credit.id), [409, 409], 'they are still those over 60');
    await refresh(credit.id);
    assert.deepEqual(await tellings(credit.id), [200, 200]);
  });

  test('an institution marks attributes of its own', async () => {
    const found = await bank.send({ url: '/service/customerAttributes' });
    const { id } = found.json().items[0];
    const tier: FilterBody = { filterType: { name: 'tier' }, operator: 'equals', values: [1] };
    const credit = await forCredit({ filters: [tier] });
    const marked = await bank.send({
      method: 'PATCH',
      url: `/service/customerAttributes/${id}`,
      headers: { 'if-match': '*' },
      json: { fairLending: 'proxy' },
    });
    assert.deepEqual([marked.statusCode, marked.json().fairLending], [200, 'proxy']);
    const type = await bank.send({ url: `/service/analyticFilterTypes/${id}` });
    assert.equal(type.json().fairLending.kind, 'proxy');
    assert.equal((await create({ filters: [tier], purpose: 'credit' })).statusCode, 422);
    assert.equal((await refresh(credit.id)).state, 'pendingApproval', 'older audiences follow with their next refresh');
  });

  test('an archived audience is not approved, and waits again when it is active', async () => {
    const audience = await forCredit({ filters: [older], justification });
    const move = (state: string) =>
      bank.send({
        method: 'POST',
        url: `/service/${state}CustomerAudiences?customerAudience=${audience.id}`,
        token: author.token,
      });
    assert.equal((await move('archived')).json().state, 'archived');
    assert.equal((await approve(audience.id, approver)).statusCode, 409);
    assert.deepEqual(await tellings(audience.id), [409, 409]);
    assert.equal((await move('active')).json().state, 'pendingApproval');
  });

  test('an approver sees every audience and no member', async () => {
    const audience = await made({ filters: [older] });
    assert.equal((await read(audience.id, approver)).statusCode, 200);
    const members = await bank.send({
      url: `/service/customerAudiences/${audience.id}/customers`,
      token: approver.token,
    });
    assert.equal(members.statusCode, 403);
  });
});

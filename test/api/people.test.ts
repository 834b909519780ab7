import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { scopes } from '../../src/modules/access/index.ts';
import { createOperatorPeople, deleteExpiredSignIns, type People } from '../../src/modules/people/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { linkFor, makeAccount, makePerson, password, peopleOf, trailOf } from './people-data.ts';

const accounts = '/service/userAccounts';
const url = (id: string, below = '') => `${accounts}/${id}${below}`;

forEachEngine((engine) => {
  let bank: TestApp;
  let people: People;
  before(async () => {
    bank = await startTestApp(engine);
    people = peopleOf(bank);
  });
  after(() => bank.close());

  const get = (address: string, token = bank.tokens.own) => bank.send({ method: 'GET', url: address, token });
  const post = (address: string, json?: unknown, headers: Record<string, string> = {}) =>
    bank.send({ method: 'POST', url: address, headers, ...(json === undefined ? {} : { json }) });
  const tagOf = async (id: string) => String((await get(url(id))).headers.etag);
  const change = async (method: 'PATCH' | 'DELETE', id: string, more: { json?: unknown; token?: string } = {}) =>
    bank.send({ method, url: url(id), headers: { 'if-match': await tagOf(id) }, ...more });
  const patch = (id: string, json: unknown, token = bank.tokens.own) => change('PATCH', id, { json, token });

  test('an account as the contract shows it, from making to erasing', async () => {
    const json = { loginName: 'Ann@Bank.Example', name: 'Ann Bäcker', roles: ['exporter', 'analyst'] };
    const made = await post(accounts, json);
    assert.equal(made.statusCode, 201, made.body);
    const { id, createdAt, updatedAt, createdBy, ...rest } = made.json();
    assert.equal(made.headers.location, url(id));
    assert.deepEqual(rest, {
      loginName: 'ann@bank.example',
      name: 'Ann Bäcker',
      homeInstitution: institutionId,
      roles: ['analyst', 'exporter'],
      state: 'active',
      hasPassword: false,
      hasSecondFactor: false,
    });
    assert.ok(createdAt === updatedAt && createdBy.length > 5);
    const read = await get(url(id));
    assert.deepEqual([read.json(), read.headers.etag], [made.json(), made.headers.etag]);
    const same = await bank.send({
      method: 'GET',
      url: url(id),
      headers: { 'if-none-match': String(read.headers.etag) },
    });
    assert.equal(same.statusCode, 304);
    const renamed = await patch(id, { name: 'Ann Baker', loginName: 'ann.baker@bank.example' });
    assert.deepEqual([renamed.statusCode, renamed.json().name], [200, 'Ann Baker']);
    assert.notEqual(renamed.headers.etag, read.headers.etag);
    assert.equal((await patch(id, { name: 'Ann Baker' })).headers.etag, renamed.headers.etag, 'nothing changed');
    assert.equal((await change('DELETE', id)).statusCode, 204);
    assert.equal((await get(url(id))).statusCode, 404);
    const trail = await trailOf(bank, id);
    assert.deepEqual(
      trail.map(({ operation }) => operation),
      ['createUserAccount', 'patchUserAccount', 'patchUserAccount', 'deleteUserAccount'],
      'the trail stays',
    );
    assert.doesNotMatch(JSON.stringify(trail), /ann|baker/i);
  });

  test('what a person was and had goes with the erasure', async () => {
    const { id } = await makePerson(bank, people);
    const token = await linkFor(bank, id);
    assert.equal((await change('DELETE', id)).statusCode, 204);
    assert.equal(await people.findPerson(id), undefined);
    assert.equal(await people.findSignInLink(token), undefined);
    const left = await bank.database.asOperator(async (tx) => [
      await tx.db.selectFrom('recovery_code').select('code_hash').where('user_account_id', '=', id).execute(),
      await tx.db.selectFrom('user_grant').select('roles').where('user_account_id', '=', id).execute(),
    ]);
    assert.deepEqual(left, [[], []]);
  });

  test('names are held to their form, a login name is one for the server, nothing can be cleared', async () => {
    const bad = [
      { loginName: 'a b', name: 'x', roles: [] },
      { loginName: '', name: 'x', roles: [] },
      { loginName: 'x', name: ' ', roles: [] },
      { loginName: 'x', name: 'a\nb', roles: [] },
      { loginName: 'x', name: 'x', roles: ['root'] },
      { loginName: 'x', name: 'x', roles: ['viewer', 'viewer'] },
      { loginName: 'x', name: 'x', roles: [], state: 'active' },
    ];
    for (const json of bad) assert.equal((await post(accounts, json)).statusCode, 400, JSON.stringify(json));
    const { id, loginName } = await makeAccount(bank);
    const taken = await post(accounts, { loginName: loginName.toUpperCase(), name: 'x', roles: [] });
    assert.equal(taken.statusCode, 409, taken.body);
    assert.ok(!taken.body.toLowerCase().includes(loginName));
    const other = await makeAccount(bank, { token: bank.tokens.other });
    assert.equal((await patch(id, { loginName: other.loginName })).statusCode, 409);
    for (const field of ['name', 'loginName', 'roles'])
      assert.equal((await patch(id, { [field]: null })).statusCode, 422);
    assert.equal((await patch(id, { state: 'disabled' })).statusCode, 400);
  });

  test('of two who take one login name at once one gets it', async () => {
    const one = { loginName: 'raced@bank.example', name: 'x', roles: [] };
    const answers = await Promise.all([post(accounts, one), post(accounts, one)]);
    assert.deepEqual(answers.map(({ statusCode }) => statusCode).sort(), [201, 409]);
  });

  test('PATCH and DELETE need If-Match; a dry run changes nothing and can show what would be', async () => {
    const { id } = await makeAccount(bank);
    for (const method of ['PATCH', 'DELETE'] as const) {
      const json = method === 'PATCH' ? { json: { name: 'x' } } : {};
      assert.equal((await bank.send({ method, url: url(id), ...json })).statusCode, 428);
      const headers = { 'if-match': '"other"' };
      assert.equal((await bank.send({ method, url: url(id), headers, ...json })).statusCode, 412);
    }
    const before = (await get(url(id))).json();
    const tag = { 'if-match': await tagOf(id) };
    const dry = `${url(id)}?dryRun=true`;
    assert.equal((await bank.send({ method: 'DELETE', url: dry, headers: tag })).statusCode, 204);
    const prefer = { ...tag, prefer: 'return=representation' };
    const shown = await bank.send({ method: 'PATCH', url: dry, headers: prefer, json: { name: 'Would be' } });
    assert.deepEqual([shown.statusCode, shown.json().name], [200, 'Would be']);
    const link = await bank.send({ method: 'POST', url: url(id, '/signInLinks?dryRun=true'), headers: prefer });
    assert.deepEqual([link.statusCode, Object.keys(link.json())], [200, ['expiresAt']]);
    assert.deepEqual((await get(url(id))).json(), before);
  });

  test('pages, filters and sort', async () => {
    const roles = ['auditor'] as const;
    for (const name of ['b', 'a', 'C']) {
      const answer = await post(accounts, { loginName: `page-${name}@bank.example`, name: `Page ${name}`, roles });
      assert.equal(answer.statusCode, 201);
    }
    const names: string[] = [];
    let next: string | undefined = `${accounts}?name=PAGE&limit=2&sortBy=-name`;
    while (next !== undefined) {
      const page: { count: number; items: { name: string }[]; nextPage_url?: string } = (await get(next)).json();
      assert.equal(page.count, 3);
      names.push(...page.items.map(({ name }) => name));
      next = page.nextPage_url;
    }
    assert.deepEqual(names, ['Page C', 'Page b', 'Page a']);
    const count = async (query: string) => (await get(`${accounts}?name=page&${query}&limit=0`)).json().count;
    assert.equal(await count('loginName=PAGE-A'), 1);
    assert.equal(await count('role=auditor%7Cviewer'), 3);
    assert.equal(await count('role=viewer'), 0);
    assert.equal(await count('state=disabled'), 0);
    assert.equal(await count('createdAt=[2020-01-01T00:00:00.000Z,]'), 3);
    for (const query of ['sortBy=loginName', 'role=root', 'start=abc', 'createdAt=x']) {
      assert.equal((await get(`${accounts}?${query}`)).statusCode, 400, query);
    }
    const page = (await get(`${accounts}?limit=1`)).json().nextPage_url;
    assert.equal((await get(page, bank.tokens.other)).statusCode, 400, 'a cursor is of one institution');
  });

  test('a link is shown once: its Idempotency-Key is not answered again', async () => {
    const { id } = await makeAccount(bank);
    const headers = { 'idempotency-key': 'link-1' };
    const first = await post(url(id, '/signInLinks'), undefined, headers);
    assert.equal(first.statusCode, 201);
    assert.match(first.json().link_url, /^\/sign-in\/link\/[-\w]{43}$/);
    assert.equal((await post(url(id, '/signInLinks'), undefined, headers)).statusCode, 409);
    const token: string = first.json().link_url.split('/').at(-1);
    assert.equal((await people.redeemSignInLink({ token, password })).outcome, 'accepted', 'the first one still works');
    await post(`/service/disabledUserAccounts?userAccount=${id}`);
    assert.equal((await post(url(id, '/signInLinks'))).statusCode, 409);
  });

  test('state, sessions and second factor: what ends with them', async () => {
    const known = await makePerson(bank, people);
    const validAfter = async () => (await people.findPerson(known.id))?.tokensValidAfter ?? new Date(0);
    const times = [await validAfter()];
    const token = await linkFor(bank, known.id);
    bank.clock.advance(1_000);
    const disabled = await post(`/service/disabledUserAccounts?userAccount=${known.id}`);
    assert.deepEqual([disabled.statusCode, disabled.json().state], [200, 'disabled']);
    assert.equal(await people.findSignInLink(token), undefined);
    times.push(await validAfter());
    const again = await post(`/service/disabledUserAccounts?userAccount=${known.id}`);
    assert.equal(again.headers.etag, disabled.headers.etag, 'there already');
    assert.equal((await post(`/service/activeUserAccounts?userAccount=${known.id}`)).json().state, 'active');
    bank.clock.advance(1_000);
    assert.equal((await post(url(known.id, '/endedSessions'))).statusCode, 200);
    times.push(await validAfter());
    bank.clock.advance(1_000);
    assert.equal((await bank.send({ method: 'DELETE', url: url(known.id, '/secondFactor') })).statusCode, 204);
    times.push(await validAfter());
    bank.clock.advance(1_000);
    assert.equal((await patch(known.id, { roles: ['viewer', 'analyst'] })).statusCode, 200);
    assert.equal((await validAfter()).getTime(), times.at(-1)?.getTime(), 'more roles end nothing');
    assert.equal((await patch(known.id, { roles: [] })).statusCode, 200);
    times.push(await validAfter());
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a.getTime() - b.getTime()),
    );
    assert.equal(new Set(times.map(Number)).size, times.length, 'each ends what was there before');
    assert.equal(
      (await people.verifySecondFactor({ personId: known.id, code: known.recoveryCodes[0] ?? '' })).outcome,
      'refused',
    );
    const answer = await people.verifyPassword({ loginName: known.loginName, password });
    assert.equal(answer.outcome === 'accepted' && answer.next, 'enrolment');
  });

  test('a person whose account is disabled, or whose roles go, can do nothing more at once', async () => {
    // What is read of somebody in the second of their token is read again: later, it is kept.
    const signedIn = async () => {
      const principal = await bank.createPrincipal({ kind: 'person', scopes, roles: ['auditor'] });
      bank.clock.advance(2_000);
      assert.equal((await get(accounts, principal.token)).statusCode, 200);
      return principal;
    };
    const first = await signedIn();
    assert.equal((await patch(first.principalId, { roles: ['viewer'] })).statusCode, 200);
    assert.equal((await get(accounts, first.token)).statusCode, 401, 'signed out');
    const second = await signedIn();
    await post(`/service/disabledUserAccounts?userAccount=${second.principalId}`);
    assert.equal((await get(accounts, second.token)).statusCode, 401);
    const third = await signedIn();
    assert.equal((await change('DELETE', third.principalId)).statusCode, 204);
    assert.equal((await get(accounts, third.token)).statusCode, 401);
  });

  test('nobody changes their own roles, and the attempt is in the trail', async () => {
    const { token, principalId } = await bank.createPrincipal({ kind: 'person', scopes, roles: ['administrator'] });
    const refused = await patch(principalId, { roles: ['administrator', 'exporter'] }, token);
    assert.equal(refused.statusCode, 403, refused.body);
    assert.equal((await trailOf(bank, principalId)).at(-1)?.outcome, 'denied');
    assert.equal((await patch(principalId, { name: 'My new name' }, token)).statusCode, 200);
    assert.equal((await patch(principalId, { roles: ['administrator'] }, token)).statusCode, 200, 'no change');
  });

  test('another institution sees nobody: 404 for every operation', async () => {
    const { id } = await makeAccount(bank);
    const token = bank.tokens.other;
    const headers = { 'if-match': '*' };
    const requests = [
      { method: 'GET', url: url(id) },
      { method: 'PATCH', url: url(id), json: { name: 'x' }, headers },
      { method: 'DELETE', url: url(id), headers },
      { method: 'POST', url: url(id, '/signInLinks') },
      { method: 'POST', url: url(id, '/endedSessions') },
      { method: 'DELETE', url: url(id, '/secondFactor') },
      { method: 'POST', url: `/service/disabledUserAccounts?userAccount=${id}` },
      { method: 'POST', url: `/service/activeUserAccounts?userAccount=${id}` },
    ] as const;
    for (const request of requests) {
      const answer = await bank.send({ ...request, token });
      assert.equal(answer.statusCode, 404, `${request.method} ${request.url}`);
    }
    assert.equal((await get(`${accounts}?limit=0&role=exporter`, token)).json().count, 0);
  });

  test('somebody of another home: seen, their roles here are ours, the rest is not', async () => {
    const { id, loginName } = await makeAccount(bank);
    const operator = createOperatorPeople(bank);
    await operator.setRoles(loginName, { institutionId: otherInstitutionId, roles: ['analyst'] });
    const token = bank.tokens.other;
    const seen = await get(url(id), token);
    assert.deepEqual([seen.json().homeInstitution, seen.json().roles], [institutionId, ['analyst']]);
    assert.deepEqual((await get(url(id))).json().roles, ['viewer'], 'roles are by institution');
    const send = (method: 'PATCH' | 'DELETE' | 'POST', address: string, json?: unknown) =>
      bank.send({ method, url: address, token, headers: { 'if-match': '*' }, ...(json === undefined ? {} : { json }) });
    assert.equal((await send('PATCH', url(id), { name: 'x' })).statusCode, 403);
    assert.equal((await send('POST', url(id, '/signInLinks'))).statusCode, 403);
    assert.equal((await send('POST', url(id, '/endedSessions'))).statusCode, 403);
    assert.equal((await send('DELETE', url(id, '/secondFactor'))).statusCode, 403);
    assert.equal((await send('POST', `/service/disabledUserAccounts?userAccount=${id}`)).statusCode, 403);
    const lent = await post(url(id, '/signInLinks'));
    assert.equal(lent.statusCode, 403, 'the home alone must not get into the other institution either');
    assert.equal((await trailOf(bank, id)).at(-1)?.outcome, 'denied');
    assert.deepEqual((await send('PATCH', url(id), { roles: ['viewer'] })).json().roles, ['viewer']);
    assert.equal((await send('DELETE', url(id))).statusCode, 204);
    assert.equal((await get(url(id), token)).statusCode, 404);
    assert.equal((await get(url(id))).statusCode, 200, 'the account stays');
    assert.equal((await post(url(id, '/signInLinks'))).statusCode, 201);
  });

  test('the last active administrator stays, also when two remove each other at once', async () => {
    await using fresh = await startTestApp(engine);
    const send = (method: 'PATCH' | 'DELETE' | 'POST', address: string, json?: unknown) =>
      fresh.send({ method, url: address, headers: { 'if-match': '*' }, ...(json === undefined ? {} : { json }) });
    const one = await makeAccount(fresh, { roles: ['administrator'] });
    const tries = () => [
      send('DELETE', url(one.id)),
      send('PATCH', url(one.id), { roles: ['viewer'] }),
      send('POST', `/service/disabledUserAccounts?userAccount=${one.id}`),
    ];
    for (const answer of await Promise.all(tries())) assert.equal(answer.statusCode, 409, answer.body);
    const two = await makeAccount(fresh, { roles: ['administrator'] });
    const both = await Promise.all([
      send('DELETE', url(one.id)),
      send('POST', `/service/disabledUserAccounts?userAccount=${two.id}`),
    ]);
    assert.equal(both.filter(({ statusCode }) => statusCode === 409).length, 1, 'one of them stays');
  });

  test('who am I: a person and an application, with the institutions to choose from', async () => {
    const person = await bank.createPrincipal({
      kind: 'person',
      scopes: ['bankingAdmin/read'],
      roles: ['viewer'],
      institutionIds: [institutionId, otherInstitutionId],
    });
    const me = (token: string, institution: string) =>
      bank.send({ method: 'GET', url: '/service/me', token, headers: { 'institution-id': institution } });
    const seen = (await me(person.token, otherInstitutionId)).json();
    assert.deepEqual(
      [seen.id, seen.kind, seen.institution.id, seen.roles, seen.scopes],
      [person.principalId, 'person', otherInstitutionId, ['viewer'], ['bankingAdmin/read']],
    );
    assert.deepEqual(
      seen.institutions.map(({ id }: { id: string }) => id),
      [institutionId, otherInstitutionId],
    );
    const machine = (await me(bank.tokens.own, institutionId)).json();
    assert.deepEqual(
      [machine.kind, machine.institutions],
      ['application', [{ id: institutionId, name: institutionId }]],
    );
    assert.equal(machine.id, machine.applicationId);
  });

  test('links that have ended and counts of yesterday are cleaned up', async () => {
    const { id } = await makeAccount(bank);
    await linkFor(bank, id);
    await people.verifyPassword({ loginName: 'nobody-old@bank.example', password: 'x' });
    const count = () =>
      bank.database.asOperator(async (tx) => [
        (await tx.db.selectFrom('sign_in_link').select('token_hash').execute()).length,
        (await tx.db.selectFrom('sign_in_attempt').select('login_mac').execute()).length,
      ]);
    const clean = () => bank.database.asOperator((tx) => deleteExpiredSignIns(tx, bank.clock.now()));
    await clean();
    assert.ok((await count()).every((left) => left > 0));
    bank.clock.advance(24 * 60 * 60_000 + 1_000);
    await clean();
    assert.deepEqual(await count(), [0, 0]);
  });
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Role, scopes } from '../../src/modules/access/index.ts';
import { institutionId, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import type { TestPrincipal } from '../support/test-principals.ts';
import { replaceMembers, seedAudience, seedCustomers, seededId } from './audience-data.ts';
import { allLines, countsOf, giveCustomers, importList } from './import-data.ts';
import {
  dayFrom,
  deleteSuppression,
  listSuppression,
  postSuppression,
  startAtNoon,
  suppress,
  suppressionsUrl as url,
} from './suppression-data.ts';

const customers = 40;

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startAtNoon(engine);
    await seedCustomers(bank, customers);
    // Two owners of one account.
    await giveCustomers(bank, [
      { coreCustomerId: 'JOINT-1', identifiers: { accountNumber: ['JOINT'] } },
      { coreCustomerId: 'JOINT-2', identifiers: { accountNumber: ['JOINT'] } },
    ]);
  });
  after(() => bank.close());

  const get = (address: string, headers: Record<string, string> = {}, token?: string) =>
    bank.send({ url: address, headers, ...(token === undefined ? {} : { token }) });
  const read = (id: string, headers: Record<string, string> = {}) => get(`${url}/${id}`, headers);
  const patch = (id: string, json: object, headers: Record<string, string> = { 'if-match': '*' }, query = '') =>
    bank.send({ method: 'PATCH', url: `${url}/${id}${query}`, json, headers });
  const countAll = async () => (await get(`${url}?limit=0`)).json().count;
  const person = async (...roles: Role[]) => (await bank.createPrincipal({ scopes, roles, kind: 'person' })).token;
  const importOf = async (id: string) => (await get(`/service/customerAudienceImports/${id}`)).json();
  const chargedTo = ({ principalId }: TestPrincipal) =>
    bank.database.inInstitution(institutionId, async (tx) => {
      const charged = tx.db.selectFrom('import_budget').select('distinct_value_count');
      const row = await charged.where('principal_id', '=', principalId).executeTakeFirst();
      return row?.distinct_value_count ?? 0;
    });
  const auditOf = (resource: string) =>
    bank.database.inInstitution(institutionId, (tx) =>
      tx.db
        .selectFrom('audit_entry')
        .select(['operation', 'outcome', 'detail'])
        .where('resource', '=', resource)
        .orderBy('sequence')
        .execute(),
    );

  test('by a list: every line has an outcome, and the suppression names its import', async () => {
    const lines = 'id\nCORE-1\n\nCORE-1\nNOBODY\nCORE-2\n';
    const order = {
      description: '*Court* order',
      channel: 'email',
      expiresOn: dayFrom(bank, 30),
      includesHeader: true,
    };
    const answer = await postSuppression(bank, listSuppression(lines, { ...order, fileName: 'stop-1234567.csv' }));
    assert.equal(answer.statusCode, 201, answer.body);
    const { id, import: ledger, importId, createdAt, updatedAt, createdBy, ...rest } = answer.json();
    assert.deepEqual(rest, {
      name: 'Do not contact',
      description: '*Court* order',
      channel: 'email',
      expiresOn: order.expiresOn,
      state: 'active',
      source: 'list',
      customerCount: 2,
    });
    assert.deepEqual([createdAt, typeof createdBy], [updatedAt, 'string']);
    assert.deepEqual(countsOf(ledger), [1, 1, 0, 1, 1, 0, 2]);
    assert.deepEqual(
      [ledger.id, ledger.lineCount, ledger.mode, ledger.state, ledger.suppressionId, ledger.fileName],
      [importId, 6, 'suppress', 'completed', id, 'stop-*******.csv'],
    );
    assert.deepEqual(await importOf(importId), ledger);
    assert.deepEqual(await allLines(bank, importId), [
      '1 header',
      '2 matched',
      '3 blank',
      '4 duplicate',
      '5 unmatched',
      '6 matched',
    ]);
    assert.equal(answer.headers.location, `${url}/${id}`);
    const seen = await read(id);
    assert.deepEqual([seen.headers.etag, seen.json().importId], [answer.headers.etag, importId]);
    const [entry] = await auditOf(id);
    assert.deepEqual([entry?.operation, entry?.outcome], ['createSuppression', 'done']);
    const { lineCount, distinctValueCount, channel, customerCount } = entry?.detail ?? {};
    assert.deepEqual([lineCount, distinctValueCount, channel, customerCount], [6, 3, 'email', 2]);
  });

  test('a line that names several customers holds back all of them, and its policy cannot be chosen', async () => {
    const joint = { identifierType: 'accountNumber' };
    const made = await suppress(bank, listSuppression('JOINT', joint));
    assert.deepEqual(countsOf(made.import), [0, 0, 0, 0, 0, 1, 0]);
    assert.equal(made.customerCount, 2);
    const chosen = await postSuppression(bank, listSuppression('JOINT', { ...joint, multipleMatches: 'exclude' }));
    assert.equal(chosen.statusCode, 400);
  });

  test('a list that names nobody is refused, with its ledger, and counts in the budget', async () => {
    const analyst = await bank.createPrincipal({ scopes, roles: ['analyst'], kind: 'person' });
    const before = await countAll();
    const refused = await postSuppression(bank, listSuppression('NOBODY-1\nNOBODY-2'), { token: analyst.token });
    assert.equal(refused.statusCode, 422);
    assert.match(refused.json().type, /noCustomersMatched/);
    const kept = await importOf(refused.json().attributes.id);
    assert.deepEqual([kept.state, countsOf(kept)], ['rejected', [0, 0, 0, 0, 2, 0, 0]]);
    assert.equal(await countAll(), before);
    const importer = await bank.createPrincipal({ scopes, roles: ['analyst'], kind: 'person' });
    const list = { identifierType: 'coreCustomerId' };
    await importList(bank, 'NOBODY-1\nNOBODY-2', list, { token: importer.token });
    assert.ok((await chargedTo(analyst)) >= 2);
    assert.equal(await chargedTo(analyst), await chargedTo(importer), 'as much as an import of an audience');
  });

  test('a dry run makes nothing, keeps the ledger as a preview, and shows what would be', async () => {
    const before = await countAll();
    const { id: audienceId } = await seedAudience(bank, { name: 'Of a dry run', members: [1, 2, 3] });
    const byAudience = { name: 'x', channel: 'any', customerAudience: audienceId };
    for (const order of [listSuppression('CORE-1'), byAudience]) {
      const dryRun = { url: `${url}?dryRun=true` };
      assert.equal((await postSuppression(bank, order, dryRun)).statusCode, 204);
      const headers = { prefer: 'return=representation' };
      const preview = await postSuppression(bank, order, { ...dryRun, headers });
      assert.deepEqual([preview.statusCode, preview.headers.location], [200, undefined]);
      assert.equal(preview.json().customerCount, order === byAudience ? 3 : 1);
      assert.equal((await read(preview.json().id)).statusCode, 404);
      if (order === byAudience) continue;
      const kept = await importOf(preview.json().import.id);
      assert.deepEqual([kept.state, kept.suppressionId], ['preview', undefined]);
    }
    assert.equal(await countAll(), before);
  });

  test('a repeated key makes one suppression, by a list and by an audience; another request under it is refused', async () => {
    const { id: audienceId } = await seedAudience(bank, { name: 'Of a key', members: [1] });
    const orders = [listSuppression('CORE-3'), { name: 'x', channel: 'sms', customerAudience: audienceId }];
    for (const [index, order] of orders.entries()) {
      const headers = { 'idempotency-key': `suppression-${index}` };
      const first = await postSuppression(bank, order, { headers });
      const count = await countAll();
      const again = await postSuppression(bank, order, { headers });
      assert.deepEqual([first.statusCode, again.statusCode, again.json()], [201, 201, first.json()]);
      assert.deepEqual([again.headers['idempotency-replayed'], await countAll()], ['true', count]);
      const other = await postSuppression(bank, { ...order, channel: 'mail' }, { headers });
      assert.match(other.json().type, /idempotencyKeyReused/);
    }
  });

  test('either a list or an audience, of this form', async () => {
    const { id: customerAudience } = await seedAudience(bank, { name: 'Either or', members: [1] });
    const { content: _none, ...noContent } = listSuppression('CORE-1');
    const malformed = [
      listSuppression('CORE-1', { customerAudience }),
      { name: 'x', channel: 'any', customerAudience, content: btoa('CORE-1') },
      { name: 'x', channel: 'any' },
      noContent,
      listSuppression('CORE-1', { channel: 'fax' }),
      listSuppression('CORE-1', { name: '\u202eevil' }),
      listSuppression('CORE-1', { expiresOn: '2026-02-30' }),
      listSuppression('CORE-1', { unknown: 1 }),
    ];
    for (const order of malformed) {
      assert.equal((await postSuppression(bank, order)).statusCode, 400, JSON.stringify(order));
    }
    const yesterday = { expiresOn: dayFrom(bank, -1) };
    const analyst = await bank.createPrincipal({ scopes, roles: ['analyst'], kind: 'person' });
    const past = await postSuppression(bank, listSuppression('CORE-1', yesterday), { token: analyst.token });
    assert.deepEqual([past.statusCode, await chargedTo(analyst)], [422, 0], 'refused before it is matched');
    const impossible = [
      { name: 'x', channel: 'any', customerAudience, ...yesterday },
      { name: 'x', channel: 'any', customerAudience: 'ffffffffffffffffffff' },
    ];
    for (const order of impossible) {
      assert.equal((await postSuppression(bank, order)).statusCode, 422, JSON.stringify(order));
    }
    const csv = { headers: { 'content-type': 'text/csv' }, payload: 'CORE-1' };
    assert.equal((await bank.send({ method: 'POST', url, ...csv })).statusCode, 415);
  });

  test('as a job: 202 with the import, which names the suppression that it made', async () => {
    await bank.jobs.start();
    const order = listSuppression('CORE-4\nCORE-5', { channel: 'phone', expiresOn: dayFrom(bank, 1) });
    const accepted = await postSuppression(bank, order, { headers: { prefer: 'respond-async' } });
    assert.equal(accepted.statusCode, 202, accepted.body);
    const giveUpAt = Date.now() + 60_000;
    let done = await importOf(accepted.json().id);
    while (['staged', 'matching'].includes(done.state)) {
      assert.ok(Date.now() < giveUpAt, `the import is still ${done.state}`);
      await delay(20);
      done = await importOf(done.id);
    }
    assert.equal(done.state, 'completed', JSON.stringify(done));
    const made = (await read(done.suppressionId)).json();
    assert.deepEqual(
      [made.customerCount, made.channel, made.expiresOn, made.importId],
      [2, 'phone', order.expiresOn, done.id],
    );
  });

  test('by an audience: it follows the present members, and only those in the base count', async () => {
    const { id: customerAudience } = await seedAudience(bank, { name: 'Followed', members: [10, 11, 12] });
    const made = await suppress(bank, { name: 'Follows', channel: 'any', customerAudience });
    assert.deepEqual(
      [made.source, made.customerAudience, made.customerCount, made.importId, made.import],
      ['audience', customerAudience, 3, undefined, undefined],
    );
    const tag = String((await read(made.id)).headers.etag);
    assert.equal((await read(made.id, { 'if-none-match': tag })).statusCode, 304);
    await replaceMembers(bank, customerAudience, [12, 13, 14, 15]);
    const changed = await read(made.id, { 'if-none-match': tag });
    assert.deepEqual([changed.statusCode, changed.json().customerCount], [200, 4]);
    await bank.send({ method: 'DELETE', url: `/service/customers/${seededId(15)}` });
    assert.equal((await read(made.id)).json().customerCount, 3);
    const listed = (await get(`${url}?limit=1000`)).json().items.find(({ id }: { id: string }) => id === made.id);
    assert.equal(listed.customerCount, 3);
  });

  test('an audience that suppressions follow cannot be deleted', async () => {
    const { id: customerAudience } = await seedAudience(bank, { name: 'In use', members: [1] });
    const target = `/service/customerAudiences/${customerAudience}`;
    const remove = () => bank.send({ method: 'DELETE', url: target, headers: { 'if-match': '*' } });
    const { id } = await suppress(bank, { name: 'Stands on it', channel: 'mail', customerAudience });
    const refused = await remove();
    assert.equal(refused.statusCode, 409);
    assert.match(refused.json().type, /audienceInUse/);
    assert.deepEqual(refused.json().attributes, { suppressions: [{ id, name: 'Stands on it' }] });
    await deleteSuppression(bank, id);
    assert.equal((await remove()).statusCode, 204);
  });

  test('of a deletion and a suppression at once one wins', async () => {
    for (const round of Array.from({ length: 12 }, (_none, index) => index)) {
      const { id: customerAudience } = await seedAudience(bank, { name: `Contested ${round}`, members: [1] });
      const target = `/service/customerAudiences/${customerAudience}`;
      const [deleted, made] = await Promise.all([
        bank.send({ method: 'DELETE', url: target, headers: { 'if-match': '*' } }),
        postSuppression(bank, { name: 'Contested', channel: 'sms', customerAudience }),
      ]);
      assert.ok([204, 409].includes(deleted.statusCode), deleted.body);
      assert.equal(made.statusCode, deleted.statusCode === 204 ? 422 : 201, made.body);
      if (made.statusCode === 201) await deleteSuppression(bank, made.json().id);
    }
  });

  test('an audience that is not theirs: nobody suppresses it, and nobody learns which one is followed', async () => {
    const { id: customerAudience } = await seedAudience(bank, { name: 'Not shared', members: [20] });
    const analyst = await person('analyst');
    const order = { name: 'x', channel: 'any', customerAudience };
    const unseen = await postSuppression(bank, order, { token: analyst });
    const absent = await postSuppression(bank, { ...order, customerAudience: 'f'.repeat(20) }, { token: analyst });
    assert.deepEqual([unseen.statusCode, unseen.json().detail], [422, absent.json().detail]);
    const made = await suppress(bank, order);
    const forAnalyst = await get(`${url}/${made.id}`, {}, analyst);
    assert.deepEqual([forAnalyst.json().source, forAnalyst.json().customerAudience], ['audience', undefined]);
    assert.notEqual(forAnalyst.headers.etag, (await read(made.id)).headers.etag);
  });

  test('it holds to the end of its day in UTC, and can be made to hold again', async () => {
    const { id } = await suppress(bank, listSuppression('CORE-6', { expiresOn: dayFrom(bank) }));
    const midnight = Date.parse(`${dayFrom(bank, 1)}T00:00:00.000Z`);
    bank.clock.advance(midnight - 60_000 - bank.clock.now().getTime());
    const last = await read(id);
    assert.equal(last.json().state, 'active');
    bank.clock.advance(60_000);
    const ended = await read(id, { 'if-none-match': String(last.headers.etag) });
    assert.deepEqual([ended.statusCode, ended.json().state], [200, 'expired']);
    const idsOf = async (query: string) =>
      (await get(`${url}?limit=1000&${query}`)).json().items.map((item: { id: string }) => item.id);
    assert.ok(!(await idsOf('state=active')).includes(id));
    assert.deepEqual(await idsOf('state=expired'), [id]);
    assert.equal((await patch(id, { expiresOn: dayFrom(bank, -1) })).statusCode, 422);
    const again = await patch(id, { expiresOn: null });
    assert.deepEqual([again.statusCode, again.json().state, again.json().expiresOn], [200, 'active', undefined]);
  });

  test('name, description and last day change under If-Match; channel and customers do not', async () => {
    const made = await suppress(bank, listSuppression('CORE-7', { description: 'a' }));
    const tag = String((await read(made.id)).headers.etag);
    assert.equal((await patch(made.id, { name: 'b' }, {})).statusCode, 428);
    assert.equal((await patch(made.id, { name: 'b' }, { 'if-match': '"other"' })).statusCode, 412);
    for (const fixed of [{ channel: 'sms' }, { customerAudience: 'x'.repeat(20) }, { content: '' }])
      assert.equal((await patch(made.id, fixed)).statusCode, 400);
    assert.equal((await patch(made.id, { name: null })).statusCode, 422);
    const same = await patch(made.id, { name: made.name }, { 'if-match': tag });
    assert.deepEqual([same.statusCode, same.headers.etag], [200, tag]);
    assert.equal((await patch(made.id, { name: 'b' }, { 'if-match': tag }, '?dryRun=true')).statusCode, 204);
    const changed = await patch(made.id, { name: 'b', description: null }, { 'if-match': tag });
    assert.deepEqual([changed.json().name, changed.json().description], ['b', undefined]);
    assert.deepEqual((await read(made.id)).headers.etag, changed.headers.etag);
    assert.equal((await patch(made.id, { name: 'c' }, { 'if-match': tag })).statusCode, 412);
    const entries = await auditOf(made.id);
    assert.deepEqual(entries.at(-1)?.detail.changed, ['name', 'description']);
  });

  test('deleting needs If-Match, and keeps the ledger', async () => {
    const made = await suppress(bank, listSuppression('CORE-8'));
    const target = `${url}/${made.id}`;
    assert.equal((await bank.send({ method: 'DELETE', url: target })).statusCode, 428);
    const dryRun = { method: 'DELETE', url: `${target}?dryRun=true`, headers: { 'if-match': '*' } } as const;
    assert.equal((await bank.send(dryRun)).statusCode, 204);
    assert.equal((await read(made.id)).statusCode, 200);
    await deleteSuppression(bank, made.id);
    assert.equal((await read(made.id)).statusCode, 404);
    assert.equal((await importOf(made.import.id)).state, 'completed');
  });

  test('who imports may add; an administrator alone changes and ends; everybody reads; the ledger is not for all', async () => {
    const [analyst, administrator, viewer] = [
      await person('analyst'),
      await person('administrator'),
      await person('viewer'),
    ];
    const made = (await postSuppression(bank, listSuppression('CORE-9'), { token: analyst })).json();
    assert.equal((await postSuppression(bank, listSuppression('CORE-9'), { token: administrator })).statusCode, 403);
    const headers = { 'if-match': '*' };
    const target = `${url}/${made.id}`;
    for (const method of ['PATCH', 'DELETE'] as const) {
      const json = method === 'PATCH' ? { json: { name: 'x' } } : {};
      assert.equal((await bank.send({ method, url: target, headers, token: analyst, ...json })).statusCode, 403);
    }
    assert.equal((await get(target, {}, viewer)).statusCode, 200);
    const ledger = `/service/customerAudienceImports/${made.import.id}/lines`;
    assert.equal((await get(ledger, {}, viewer)).statusCode, 404);
    assert.equal((await get(ledger, {}, analyst)).statusCode, 200);
    assert.equal((await get(target, {}, bank.tokens.other)).statusCode, 404);
    assert.equal((await get(url, {}, bank.tokens.other)).json().count, 0);
    const change = { method: 'PATCH', url: target, headers, json: { name: 'x' }, token: administrator } as const;
    assert.equal((await bank.send(change)).statusCode, 200);
  });

  test('newest first, page by page, by channel', async () => {
    const wanted: string[] = [];
    for (const channel of ['sms', 'mail', 'sms']) {
      wanted.unshift((await suppress(bank, listSuppression('CORE-1', { channel, name: 'Paged' }))).id);
      bank.clock.advance(1_000);
    }
    const found: string[] = [];
    let address: string | undefined = `${url}?limit=2&channel=sms|mail`;
    while (address !== undefined) {
      const page: { items: { id: string; name: string }[]; nextPage_url?: string } = (await get(address)).json();
      found.push(...page.items.filter(({ name }) => name === 'Paged').map(({ id }) => id));
      address = page.nextPage_url;
    }
    assert.deepEqual(found, wanted);
    assert.equal((await get(`${url}?channel=fax`)).statusCode, 400);
    const page = (await get(`${url}?limit=1&channel=sms`)).json();
    assert.equal((await get(page.nextPage_url.replace('sms', 'mail'))).statusCode, 400);
  });

  test('an institution has at most 100', async () => {
    const { id: customerAudience } = await seedAudience(bank, { name: 'Often', members: [1] });
    const order = { name: 'One of many', channel: 'mail', customerAudience };
    for (let left = 100 - (await countAll()); left > 0; left -= 1) await suppress(bank, order);
    assert.equal((await postSuppression(bank, order)).statusCode, 422);
    const byList = await postSuppression(bank, listSuppression('CORE-1'));
    assert.deepEqual([byList.statusCode, byList.json().detail.includes('at most 100')], [422, true]);
    const { items } = (await get(`${url}?limit=1`)).json();
    await deleteSuppression(bank, items[0].id);
    await suppress(bank, order);
  });
});

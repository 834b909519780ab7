import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { verifyAudit } from '../../src/modules/audit/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { seedAudience, seedCustomers } from './audience-data.ts';
import { importBody, importList } from './import-data.ts';

interface Entry {
  readonly sequence: number;
  readonly operation: string;
  readonly outcome: string;
  readonly resource?: string;
  readonly principalKind: string;
  readonly principalId: string;
  readonly applicationId?: string;
  readonly address?: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    await bank.jobs.start();
    await seedCustomers(bank, 5);
  });
  after(() => bank.close());

  const shown = ({ sequence, operation, principalKind }: Entry) => [sequence, operation, principalKind];

  const read = async (query = ''): Promise<Entry[]> => {
    const answer = await bank.send({ url: `/service/auditEntries${query}` });
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json().items;
  };

  test('an import tells who, through what, from where, which version and how many', async () => {
    const made = (await importList(bank, 'CORE-1\nCORE-2\n', { identifierType: 'coreCustomerId' })).json();
    const [entry] = await read(`?resource=${made.id}`);
    assert.equal(entry?.operation, 'createImportedCustomerAudience');
    assert.equal(entry.outcome, 'done');
    assert.equal(entry.principalId, made.createdBy);
    assert.ok(['application', 'person'].includes(entry.principalKind));
    assert.ok(entry.applicationId);
    assert.equal(entry.address, '127.0.0.1');
    const { importId, audienceVersion, lineCount, customerCount, distinctValueCount } = entry.detail;
    assert.deepEqual([importId, audienceVersion], [made.import.id, 1]);
    assert.deepEqual([lineCount, customerCount, distinctValueCount], [2, 2, 2]);
    const edit = { identifierType: 'coreCustomerId', content: btoa('CORE-3'), fileName: 'list.csv', mode: 'add' };
    const url = `/service/customerAudiences/${made.id}/importedCustomers`;
    assert.equal((await bank.send({ method: 'POST', url, json: edit })).statusCode, 200);
    const [edited] = await read(`?resource=${made.id}`);
    assert.deepEqual([edited?.operation, edited?.detail.audienceVersion], ['editImportedCustomers', 2]);
  });

  test('members read unmasked: the version, the reason, and who was shown', async () => {
    const { id } = await seedAudience(bank, { name: 'Revealed', members: [0, 1, 2] });
    const headers = { 'reveal-reason': 'case 17' };
    const page = await bank.send({ url: `/service/customerAudiences/${id}/customers`, headers });
    const customerIds = page.json().items.map((item: { id: string }) => item.id);
    const [entry] = await read(`?resource=${id}&operation=listCustomerAudienceCustomers`);
    assert.deepEqual(entry?.detail, { revealReason: 'case 17', audienceVersion: 1, customerCount: 3, customerIds });
  });

  test('a job that goes on after its request acts as who asked for it', async () => {
    const json = { ...importBody('CORE-4', { identifierType: 'coreCustomerId' }), name: 'By a job' };
    const headers = { prefer: 'respond-async' };
    const asked = await bank.send({ method: 'POST', url: '/service/importedCustomerAudiences', json, headers });
    assert.equal(asked.statusCode, 202, asked.body);
    const [accepted] = await read('?operation=createImportedCustomerAudience&sequence=[1,)');
    let done: Entry | undefined;
    const giveUpAt = Date.now() + 60_000;
    while (done === undefined && Date.now() < giveUpAt) {
      await delay(20);
      [done] = await read('?operation=import-match');
    }
    assert.ok(accepted && done);
    for (const name of ['principalId', 'principalKind', 'applicationId', 'address'] as const) {
      assert.equal(done[name], accepted[name], name);
      assert.ok(done[name], name);
    }
  });

  test('pages newest first, filters, and each reading leaves an entry', async () => {
    for (let times = 0; times < 9; times += 1) await read('?limit=1');
    const all = await read('?limit=1000');
    const sequences = all.map(({ sequence }) => sequence);
    assert.deepEqual(
      sequences,
      Array.from(sequences, (_, index) => sequences.length - index),
    );
    const walked: number[] = [];
    let url: string | undefined = '/service/auditEntries?limit=3&outcome=done|preview|refused';
    for (let pages = 0; url !== undefined && pages < 3; pages += 1) {
      const page: { items: Entry[]; nextPage_url?: string } = (await bank.send({ url })).json();
      assert.ok(!('count' in page));
      walked.push(...page.items.map(({ sequence }) => sequence));
      url = page.nextPage_url;
    }
    assert.deepEqual(
      walked,
      Array.from(walked, (_, index) => (walked[0] ?? 0) - index),
      'three pages without a gap',
    );
    const [newest] = await read('?limit=1');
    assert.equal(newest?.operation, 'listAuditEntries');
    const { filters, entryCount } = newest.detail;
    assert.deepEqual([filters, entryCount], [['outcomes'], 3]);

    assert.deepEqual(
      (await read('?sequence=[2,4)')).map(({ sequence }) => sequence),
      [3, 2],
    );
    assert.deepEqual(await read('?at=(,2020-01-01T00:00:00Z]'), []);
    assert.deepEqual(await read('?outcome=denied'), []);
    assert.deepEqual(await read('?principalId=nobody-there'), []);
    assert.ok((await read(`?applicationId=${newest.applicationId}&limit=5`)).length === 5);
    const none = (await bank.send({ url: '/service/auditEntries?limit=0' })).json();
    assert.deepEqual(none, { items: [], limit: 0 });
  });

  test('a cursor holds for the filters it was made with, and no filter takes a value of another form', async () => {
    const page = (await bank.send({ url: '/service/auditEntries?limit=1' })).json();
    const start = new URL(page.nextPage_url, 'http://x').searchParams.get('start');
    for (const query of [
      `?limit=1&outcome=done&start=${start}`,
      '?outcome=maybe',
      '?sequence=1e3',
      '?at=yesterday',
      '?operation=123456789',
      '?resource=a%20b',
    ]) {
      assert.equal((await bank.send({ url: `/service/auditEntries${query}` })).statusCode, 400, query);
    }
  });

  test('a denial tells what was missing, and of which resource', async () => {
    const { id } = await seedAudience(bank, { name: 'Denied', members: [0] });
    const token = await bank.createToken({ scopes: ['bankingAdmin/read'] });
    const answer = await bank.send({ method: 'DELETE', url: `/service/customerAudiences/${id}`, token });
    assert.equal(answer.statusCode, 403);
    const [entry] = await read(`?resource=${id}&outcome=denied`);
    assert.deepEqual(
      [entry?.operation, entry?.detail],
      ['deleteCustomerAudience', { missing: 'scope', scope: 'bankingAdmin/write' }],
    );
  });

  test('another institution reads its own trail', async () => {
    const made = [1, 'createInstitution', 'operator'];
    const answer = await bank.send({ url: '/service/auditEntries', token: bank.tokens.other });
    assert.deepEqual(answer.json().items.map(shown), [made]);
    const again = await bank.send({ url: '/service/auditEntries', token: bank.tokens.other });
    assert.deepEqual(again.json().items.map(shown), [[2, 'listAuditEntries', 'application'], made]);
  });

  test('fifty acts at once give a chain without gaps', async () => {
    const { id } = await seedAudience(bank, { name: 'Contended', members: [0] });
    const before = (await read('?limit=1'))[0]?.sequence ?? 0;
    const states = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? 'archived' : 'active'));
    const answers = await Promise.all(
      states.map((state) =>
        bank.send({ method: 'POST', url: `/service/${state}CustomerAudiences?customerAudience=${id}` }),
      ),
    );
    assert.deepEqual([...new Set(answers.map(({ statusCode }) => statusCode))], [200]);
    const [report] = await verifyAudit(bank, { institutionId });
    // Besides the fifty: the reading before.
    assert.deepEqual([report?.finding, report?.entryCount], [undefined, before + 51]);
  });
});

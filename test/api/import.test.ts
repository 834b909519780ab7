import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { allLines, countsOf, giveCustomers, importBody, importList, memberIds, plainCustomers } from './import-data.ts';

forEachEngine((engine) => {
  let bank: TestApp;
  let ids: string[];

  before(async () => {
    bank = await startTestApp(engine);
    const joint = { accountNumber: ['J1'], emailAddress: ['both@example.com'] };
    ids = await giveCustomers(bank, [
      ...plainCustomers(20),
      { coreCustomerId: 'JOINT-1', identifiers: { ...joint, taxIdNumber: ['900000101'] } },
      { coreCustomerId: 'JOINT-2', identifiers: { ...joint, taxIdNumber: ['900000102'] } },
      { coreCustomerId: 'ZERO', identifiers: { taxIdNumber: ['012345678'], phoneNumber: ['+12025550123'] } },
    ]);
  });
  after(() => bank.close());

  test('every line has one outcome, the counts add up, and the members are the matched customers', async () => {
    const text = 'Tax Id\n900000001\r\n900-00-0002\n\n900000001\nabc\n999999998\n="900000003"\n,,\n';
    const answer = await importList(bank, text, { includesHeader: true, description: 'a *test*' });
    assert.equal(answer.statusCode, 201, answer.body);
    const audience = answer.json();
    assert.equal(answer.headers.location, `/service/customerAudiences/${audience.id}`);
    assert.ok(answer.headers.etag);
    assert.deepEqual(countsOf(audience.import), [1, 2, 1, 1, 1, 0, 3]);
    assert.equal(audience.import.lineCount, 9);
    assert.equal(audience.customerCount, 3);
    assert.equal(audience.version, 1);
    assert.equal(audience.description, 'a *test*');
    assert.deepEqual(audience.import.invalidReasons, [
      { reason: 'invalidFormat', count: 1, recordNumbers: [6], more: false },
    ]);
    assert.deepEqual(await memberIds(bank, audience.id), ids.slice(0, 3));
    assert.deepEqual(await allLines(bank, audience.import.id, 'limit=2'), [
      '1 header',
      '2 matched',
      '3 matched',
      '4 blank',
      '5 duplicate',
      '6 invalid invalidFormat',
      '7 unmatched',
      '8 matched',
      '9 blank',
    ]);
    assert.deepEqual(await allLines(bank, audience.import.id, 'outcome=invalid|duplicate'), [
      '5 duplicate',
      '6 invalid invalidFormat',
    ]);
    const empty = await bank.send({ url: `/service/customerAudienceImports/${audience.import.id}/lines?limit=0` });
    assert.deepEqual(empty.json(), { items: [], limit: 0, count: 9 });
  });

  test('the same list by JSON, gzip, text/csv and form gives the same ledger', async () => {
    const text = '900000001\n900000002\nabc\n900000002\n';
    const json = (await importList(bank, text)).json();
    const gzip = (await importList(bank, gzipSync(text))).json();
    const csv = await bank.send({
      method: 'POST',
      url: '/service/importedCustomerAudiences?identifierType=taxIdNumber&name=Streamed',
      headers: { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename="streamed.csv"' },
      payload: text,
    });
    const form = new FormData();
    form.append('identifierType', 'taxIdNumber');
    form.append('name', 'By form');
    form.append('includesHeader', 'false');
    form.append('content', new Blob([text]), 'form.csv');
    const encoded = new Response(form);
    const multipart = await bank.send({
      method: 'POST',
      url: '/service/importedCustomerAudiences',
      headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
      payload: Buffer.from(await encoded.arrayBuffer()),
    });
    assert.equal(csv.statusCode, 201, csv.body);
    assert.equal(multipart.statusCode, 201, multipart.body);
    assert.equal(csv.json().fileName, 'streamed.csv');
    assert.equal(multipart.json().fileName, 'form.csv');
    for (const other of [gzip, csv.json(), multipart.json()]) {
      assert.deepEqual(countsOf(other.import), countsOf(json.import));
      assert.equal(other.import.contentFingerprint, json.import.contentFingerprint);
    }
  });

  test('several customers behind one line: ambiguous, and the policy decides', async () => {
    const by = { identifierType: 'accountNumber' };
    const included = (await importList(bank, 'J1', by)).json();
    assert.deepEqual(countsOf(included.import), [0, 0, 0, 0, 0, 1, 0]);
    assert.equal(included.customerCount, 2);
    const excluded = await importList(bank, 'J1', { ...by, multipleMatches: 'exclude' });
    assert.equal(excluded.statusCode, 422);
    assert.equal(excluded.json().attributes.ambiguousCount, 1);
  });

  test('lost leading zeros: suggested with the exact count, and repaired on request', async () => {
    const plain = (await importList(bank, '12345678\n900000001\n')).json();
    assert.deepEqual(countsOf(plain.import), [0, 0, 1, 0, 0, 0, 1]);
    assert.deepEqual(plain.import.suggestions, [
      { kind: 'repair', repair: 'restoreLeadingZeros', matchedCountAfter: 2 },
    ]);
    const repaired = (
      await importList(bank, '12345678\n900000001\n012345678', { repairs: ['restoreLeadingZeros'] })
    ).json();
    assert.deepEqual(countsOf(repaired.import), [0, 0, 0, 1, 0, 0, 2]);
    assert.deepEqual(repaired.import.repairs, [{ repair: 'restoreLeadingZeros', count: 1 }]);
  });

  test('a list of another type says so', async () => {
    const answer = await importList(bank, 'C1\nC2\nC3\nC4\n', { identifierType: 'accountNumber' });
    assert.equal(answer.statusCode, 422);
    assert.deepEqual(answer.json().attributes.suggestions, [
      { kind: 'identifierType', identifierType: 'coreCustomerId', sampleSize: 4, sampleMatchedPercent: 100 },
    ]);
  });

  test('customers are found by each type, also by the two ids in clear', async () => {
    const lists = {
      customerId: ids[0],
      coreCustomerId: 'C1',
      taxIdNumber: '900000001',
    };
    for (const [identifierType, value] of Object.entries(lists)) {
      const audience = (await importList(bank, value ?? '', { identifierType })).json();
      assert.deepEqual(await memberIds(bank, audience.id), ids.slice(0, 1), identifierType);
    }
    const byPhone = (await importList(bank, '(202) 555-0123', { identifierType: 'phoneNumber' })).json();
    assert.deepEqual(await memberIds(bank, byPhone.id), ids.slice(-1));
    const byEmail = (await importList(bank, 'Both@Example.COM', { identifierType: 'emailAddress' })).json();
    assert.equal(byEmail.customerCount, 2);
  });

  test('nobody matched, or invalid rows that must not be: refused, but the ledger stays for a day', async () => {
    const nobody = await importList(bank, '999999998');
    assert.equal(nobody.statusCode, 422);
    assert.match(nobody.json().type, /\/errors\/noCustomersMatched\/v1\.0\.0$/);
    const rows = await importList(bank, '900000001\nabc', { invalidRows: 'reject' });
    assert.equal(rows.statusCode, 422);
    assert.match(rows.json().type, /invalidRows/);
    const { id } = rows.json().attributes;
    const kept = await bank.send({ url: `/service/customerAudienceImports/${id}` });
    assert.equal(kept.json().state, 'rejected');
    assert.equal(kept.json().problem.type, 'invalidRows');
    assert.deepEqual(await allLines(bank, id), ['1 matched', '2 invalid invalidFormat']);
  });

  test('a dry run makes no audience and keeps its ledger', async () => {
    const before = (await bank.send({ url: '/service/customerAudiences?limit=0' })).json().count;
    const body = importBody('900000001\nabc');
    const url = '/service/importedCustomerAudiences?dryRun=true';
    const silent = await bank.send({ method: 'POST', url, json: body });
    assert.equal(silent.statusCode, 204);
    assert.equal(silent.body, '');
    const told = await bank.send({ method: 'POST', url, json: body, headers: { prefer: 'return=representation' } });
    assert.equal(told.statusCode, 200, told.body);
    assert.equal(told.headers['preference-applied'], 'return=representation');
    assert.equal(told.json().import.state, 'preview');
    assert.deepEqual(await allLines(bank, told.json().import.id), ['1 matched', '2 invalid invalidFormat']);
    assert.equal((await bank.send({ url: '/service/customerAudiences?limit=0' })).json().count, before);
    // The name is still free: the preview's audience was taken back.
    assert.equal(
      (await bank.send({ method: 'POST', url: url.replace('?dryRun=true', ''), json: body })).statusCode,
      201,
    );
    assert.equal((await bank.send({ method: 'POST', url, json: body })).statusCode, 409);
  });

  test('a name is taken once', async () => {
    const name = 'Taken';
    assert.equal((await importList(bank, '900000001', { name })).statusCode, 201);
    const second = await importList(bank, '900000002', { name: ' tAKEN' });
    assert.equal(second.statusCode, 409);
    assert.match(second.json().type, /audienceNameTaken/);
  });

  test('a body that is wrong is refused by position, without its values', async () => {
    const secret = '900000077';
    const cases: [Record<string, unknown>, number, RegExp][] = [
      [{ ...importBody('x'), content: `!${secret}` }, 400, /invalidBase64/],
      [{ ...importBody('x'), [secret]: 1 }, 400, /badRequest/],
      [{ ...importBody('x'), identifierType: secret }, 400, /badRequest/],
      [{ ...importBody('x'), name: '' }, 400, /badRequest/],
      [{ ...importBody('x'), name: 'x'.repeat(81) }, 400, /badRequest/],
      [{ identifierType: 'taxIdNumber', fileName: 'a', name: 'b' }, 400, /badRequest/],
      [{ ...importBody(Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0])) }, 422, /unreadableList/],
    ];
    for (const [json, status, type] of cases) {
      const answer = await bank.send({ method: 'POST', url: '/service/importedCustomerAudiences', json });
      assert.equal(answer.statusCode, status, answer.body);
      assert.match(answer.json().type, type);
      assert.doesNotMatch(answer.body, new RegExp(secret));
    }
    const media = await bank.send({
      method: 'POST',
      url: '/service/importedCustomerAudiences',
      headers: { 'content-type': 'application/xml' },
      payload: '<a/>',
    });
    assert.equal(media.statusCode, 415);
  });

  test('imports are listed newest first, filtered and paged', async () => {
    const first = await bank.send({ url: '/service/customerAudienceImports?limit=3' });
    const { items, count, nextPage_url: next } = first.json();
    assert.equal(items.length, 3);
    assert.ok(count > 3);
    const second = (await bank.send({ url: next })).json();
    assert.ok(second.items[0].createdAt <= items[2].createdAt);
    assert.notEqual(second.items[0].id, items[2].id);
    const rejected = (await bank.send({ url: '/service/customerAudienceImports?state=rejected' })).json();
    assert.ok(rejected.items.length > 0);
    for (const item of rejected.items) assert.equal(item.state, 'rejected');
    const completed = items.find((item: { customerAudienceId?: string }) => item.customerAudienceId !== undefined);
    const query = `customerAudience=${completed.customerAudienceId}`;
    const ofAudience = (await bank.send({ url: `/service/customerAudienceImports?${query}` })).json();
    assert.deepEqual(
      ofAudience.items.map((item: { id: string }) => item.id),
      [completed.id],
    );
  });

  test('the imports of another institution are not there', async () => {
    const { id } = (await importList(bank, '900000001')).json().import;
    const token = bank.tokens.other;
    for (const path of ['', '/lines', '/progress']) {
      const answer = await bank.send({ url: `/service/customerAudienceImports/${id}${path}`, token });
      assert.equal(answer.statusCode, 404, path);
    }
  });
});

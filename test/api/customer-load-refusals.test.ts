import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { load, revealedCustomers, sendLoad } from './customer-data.ts';

/** Values that must appear in no problem and no log line. */
const secrets = ['078-05-1120', 'canary.person', 'Xanthippe'];

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    await load(bank, ['coreCustomerId,givenName', 'KEPT,x']);
  });
  after(async () => await bank.close());

  const assertUnchanged = async () => assert.deepEqual([...(await revealedCustomers(bank)).keys()], ['KEPT']);
  const assertSilent = (...texts: string[]) => {
    for (const text of [...texts, ...bank.log]) for (const secret of secrets) assert.ok(!text.includes(secret), text);
  };

  test('media types, charsets, encodings, modes', async () => {
    const refused: [object, string, number][] = [
      [{ 'content-type': 'application/json' }, 'mode=upsert', 415],
      [{ 'content-type': 'text/csv; charset=iso-8859-1' }, 'mode=upsert', 415],
      [{ 'content-type': 'text/csv', 'content-encoding': 'gzip' }, 'mode=upsert', 415],
      [{ 'content-type': 'text/csv' }, 'mode=merge', 400],
      [{ 'content-type': 'text/csv' }, '', 400],
      [{ 'content-type': 'text/csv' }, 'mode=upsert&delimiter=;', 400],
    ];
    for (const [headers, query, status] of refused) {
      const answer = await bank.send({
        method: 'POST',
        url: `/service/customerLoads?${query}`,
        headers: { ...headers },
        payload: 'coreCustomerId\nX1\n',
      });
      assert.equal(answer.statusCode, status, JSON.stringify([headers, query]));
    }
    const utf8 = { headers: { 'content-type': 'text/csv;charset="UTF-8"; header=present' } };
    assert.equal((await sendLoad(bank, 'coreCustomerId,givenName\nKEPT,x\n', utf8)).statusCode, 201);
    await assertUnchanged();
  });

  test('headers and names that are unknown are named by position, never by their text', async () => {
    const headerless = await sendLoad(bank, '078-05-1120,Xanthippe,canary.person@example.com\n');
    assert.equal(headerless.statusCode, 400);
    assert.deepEqual(headerless.json().attributes.columnNumbers, [1, 2, 3]);
    assert.ok(headerless.json().attributes.allowed.includes('coreCustomerId'));
    const member = '{"coreCustomerId":"X1"}\n{"coreCustomerId":"X2","078-05-1120":"Xanthippe"}\n';
    const ndjson = await sendLoad(bank, member, { format: 'ndjson' });
    assert.equal(ndjson.statusCode, 400);
    assert.deepEqual(ndjson.json().attributes.recordNumbers, [2]);
    assertSilent(headerless.body, ndjson.body);
    const ignored = await sendLoad(bank, 'branch,coreCustomerId,givenName,segment x\n1,KEPT,x,y\n', {
      query: 'ignoreColumns=branch,segment%20x',
    });
    assert.deepEqual([ignored.statusCode, ignored.json().unchangedCount], [201, 1]);
    await assertUnchanged();
  });

  test('files that are no text, and empty ones', async () => {
    const unreadable = [
      Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0, 8, 0]),
      Buffer.from('\ufeffcoreCustomerId\nX1\n', 'utf16le'),
      Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]),
      Buffer.alloc(300_000),
    ];
    for (const file of unreadable) {
      const answer = await sendLoad(bank, file);
      assert.equal(answer.statusCode, 422);
      assert.match(answer.json().type, /unreadableList/);
    }
    for (const file of ['', '\n', '\ufeff\r\n']) assert.equal((await sendLoad(bank, file)).statusCode, 400);
    await assertUnchanged();
  });

  test('rows and cells of every hostile kind are counted, never repeated', async () => {
    const file = Buffer.concat([
      Buffer.from('\ufeffcoreCustomerId,givenName,taxIdNumber,emailAddress,accountNumbers\r\n'),
      Buffer.from('Y1,Xanthippe,078-05-1120x,canary.person@,1\n'),
      Buffer.from('Y2,"Xan\nthippe",,,\r'),
      Buffer.from('Y3,Xanthippe,="078051120",canary.person@example.com\n'),
      Buffer.from('Y4,"Xanthippe,,,\n'),
      Buffer.from([...Buffer.from('Y5,Xanthippe'), 0xff, ...Buffer.from(',,,\n')]),
      Buffer.from(`Y6,${'Xanthippe'.repeat(30)},,,\n`),
      Buffer.from(`Y7,${'Xanthippe'.repeat(9_000)},,,\n`),
      Buffer.from('1.2E+15,Xanthippe,,,\n'),
      Buffer.from('Y\u00009,Xanthippe,,,\n'),
      Buffer.from('Y10,Xanthippe\u202e,078051120,,\u200b'),
    ]);
    const answer = await sendLoad(bank, file);
    assert.equal(answer.statusCode, 201);
    const body = answer.json();
    assert.deepEqual([body.lineCount, body.insertedCount, body.invalidCount], [10, 4, 6]);
    const reasons = body.invalidReasons.map((part: { reason: string; recordNumbers: number[] }) => [
      part.reason,
      ...part.recordNumbers,
    ]);
    assert.deepEqual(reasons, [
      ['columnCount', 5],
      ['invalidEncoding', 7],
      ['invalidKey', 10, 11],
      ['recordTooLong', 9],
      ['unclosedQuote', 6],
    ]);
    const cells = body.invalidCells.map((part: { field: string; reason: string; recordNumbers: number[] }) => [
      part.field,
      part.reason,
      ...part.recordNumbers,
    ]);
    assert.deepEqual(cells, [
      ['givenName', 'invalidFormat', 3],
      ['givenName', 'tooLong', 8],
      ['emailAddress', 'invalidFormat', 2],
      ['taxIdNumber', 'invalidFormat', 2],
    ]);
    const repeated = await sendLoad(bank, file, { query: 'dryRun=true', headers: { prefer: 'return=representation' } });
    assertSilent(answer.body, repeated.body);
    assert.equal((await bank.send({ url: `/service/customerLoads/${body.id}` })).json().invalidCount, 6);
  });

  test('more line numbers than an answer names', async () => {
    const rows = Array.from({ length: 150 }, (_, index) => `Z${index},bad`).join('\n');
    const answer = await sendLoad(bank, `coreCustomerId,taxIdNumber\n${rows}`, {
      query: 'dryRun=true',
      headers: { prefer: 'return=representation' },
    });
    const [part] = answer.json().invalidCells;
    assert.deepEqual([part.count, part.recordNumbers.length, part.recordNumbers[99], part.more], [150, 100, 101, true]);
  });
});

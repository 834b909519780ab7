import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { retireIndexKey } from '../../src/crypto/key-changes.ts';
import { identifierTypeCode } from '../../src/modules/identifiers/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { countsOf, importList, load, revealedCustomers, sendLoad } from './customer-data.ts';

/** Waits for a load that was answered with 202. */
async function ended(bank: TestApp, url: string) {
  for (const giveUpAt = Date.now() + 60_000; Date.now() < giveUpAt; await delay(20)) {
    const body = (await bank.send({ url })).json();
    if (body.state !== 'receiving' && body.state !== 'publishing') return body;
  }
  throw new Error('the load does not end');
}

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
  });
  after(async () => await bank.close());

  /** A base of its own for a test: everybody else is removed. */
  const begin = (lines: readonly string[]) => load(bank, lines, { mode: 'replace', query: 'confirmRemovals=true' });
  const version = async () =>
    await bank.database.inInstitution(institutionId, async (tx) => {
      const { rows } = await sql<{ version: number; next: number }>`
        select customer_version as version, next_ordinal as next from institution`.execute(tx.db);
      return rows[0] ?? { version: -1, next: -1 };
    });

  const departedCount = async () =>
    await bank.database.inInstitution(institutionId, async (tx) => {
      const { rows } = await sql<{ count: number }>`select count(*)::integer as count from departed_customer`.execute(
        tx.db,
      );
      return rows[0]?.count ?? 0;
    });

  test('inserts, updates, leaves alone; the counts add up and nothing changes without need', async () => {
    await begin(['coreCustomerId,givenName,taxIdNumber', 'A1,Ann,960000011', 'A2,Bea,960000012']);
    const ids = [...(await revealedCustomers(bank)).values()].map((customer) => customer.id);
    const lines = ['coreCustomerId,givenName,taxIdNumber', 'A1,Anna,960000011', 'A2,Bea,960-00-0012', 'A3,Cia,', ',x,'];
    const answer = await sendLoad(bank, lines.join('\r\n'));
    const body = answer.json();
    assert.equal(answer.statusCode, 201);
    assert.equal(answer.headers.location, `/service/customerLoads/${body.id}`);
    assert.deepEqual(countsOf(body), [1, 1, 1, 0, 1, 0]);
    assert.deepEqual([body.lineCount, body.state, body.mode], [4, 'completed', 'upsert']);
    assert.deepEqual(body.invalidReasons, [{ reason: 'missingKey', count: 1, recordNumbers: [5], more: false }]);
    assert.deepEqual((await bank.send({ url: String(answer.headers.location) })).json(), body);
    const customers = await revealedCustomers(bank);
    assert.deepEqual(
      [...customers.values()].slice(0, 2).map((customer) => customer.id),
      ids,
    );
    assert.equal(customers.get('A1')?.givenName, 'Anna');

    const before = await version();
    const again = await load(bank, lines.slice(0, 4));
    assert.deepEqual(countsOf(again), [0, 0, 3, 0, 0, 0]);
    assert.deepEqual(await version(), before);
    assert.equal(again.customerVersion, before.version);
  });

  test('absent columns keep, empty cells clear, and the index follows', async () => {
    await begin([
      'coreCustomerId,givenName,emailAddress,phoneNumber,taxIdNumber,username,accountNumbers',
      'B1,Ann,ann@example.com,4155552671,960000021,ann,B-1|B-2',
    ]);
    await load(bank, ['coreCustomerId,familyName', 'B1,Lee']);
    const kept = (await revealedCustomers(bank)).get('B1');
    assert.deepEqual(
      [
        kept?.givenName,
        kept?.familyName,
        kept?.emailAddress,
        kept?.phoneNumber,
        kept?.taxIdNumber,
        kept?.accountNumbers,
      ],
      ['Ann', 'Lee', 'ann@example.com', '+14155552671', '960000021', ['B1', 'B2']],
    );
    assert.equal((await importList(bank, 'username', ['ANN'])).customerCount, 1);
    await load(bank, ['{"coreCustomerId":"B1","emailAddress":null,"accountNumbers":["B3"]}'], { format: 'ndjson' });
    const cleared = (await revealedCustomers(bank)).get('B1');
    assert.deepEqual([cleared?.emailAddress, cleared?.accountNumbers], [undefined, ['B3']]);
    assert.match((await importList(bank, 'emailAddress', ['ann@example.com'])).type, /noCustomersMatched/);
    assert.match((await importList(bank, 'accountNumber', ['B1'])).type, /noCustomersMatched/);
    assert.equal((await importList(bank, 'accountNumber', ['b-3'])).customerCount, 1);
    assert.equal((await importList(bank, 'taxIdNumber', ['960000021'])).customerCount, 1);
  });

  test('a bad cell never drops its row: it is counted by field, reason and line, and not matched', async () => {
    const body = await begin([
      'coreCustomerId,givenName,taxIdNumber,emailAddress,accountNumbers',
      'C1,Ann,12345678,ann@example.com,1|2.5E+11',
      'C2,Bea,000-12-3456,nobody,',
      'C3,Cia,960000033,nobody@,',
    ]);
    assert.deepEqual(countsOf(body).slice(0, 5), [3, 0, 0, 0, 0]);
    const cell = (field: string, reason: string, recordNumbers: number[]) => ({
      field,
      reason,
      count: recordNumbers.length,
      recordNumbers,
      more: false,
    });
    assert.deepEqual(body.invalidCells, [
      cell('emailAddress', 'invalidFormat', [3, 4]),
      cell('taxIdNumber', 'impossibleValue', [3]),
      cell('taxIdNumber', 'leadingZerosLost', [2]),
      cell('accountNumbers', 'scientificNotation', [2]),
    ]);
    assert.equal((await importList(bank, 'emailAddress', ['ann@example.com'])).customerCount, 1);
    assert.equal((await importList(bank, 'coreCustomerId', ['C2'])).customerCount, 1);
  });

  test('branch, log-in, enrolments and consents are stored for filters, kept, cleared and compared', async () => {
    const stored = async () =>
      await bank.database.inInstitution(institutionId, async (tx) => {
        const { rows } = await sql<Record<string, unknown>>`
          select branch, last_login_at::text as "at", online_banking_enrolled as online, electronic_statements as paperless,
            consent_email as email, consent_sms as sms, consent_phone as phone, consent_mail as mail,
            has_email_address as "hasEmail", has_phone_number as "hasPhone"
          from customer order by ordinal`.execute(tx.db);
        return rows.map((row) => Object.values(row));
      });
    const header =
      'coreCustomerId,emailAddress,phoneNumber,branch,lastLoginAt,onlineBankingEnrolled,electronicStatements,consentEmail,consentSms,consentPhone,consentMail';
    const file = [
      header,
      'P1,ann@example.com,,Main Street,2026-03-01T12:30:00.25+02:00,true,false,true,false,true,false',
      'P2,nobody,4155552671,,2026-13-01T00:00:00Z,yes,,,,,1',
    ];
    const body = await begin(file);
    assert.deepEqual(countsOf(body), [2, 0, 0, 0, 0, body.removedCount]);
    const cells = body.invalidCells.map((part: { field: string; reason: string; recordNumbers: number[] }) => [
      part.field,
      part.reason,
      ...part.recordNumbers,
    ]);
    assert.deepEqual(cells, [
      ['emailAddress', 'invalidFormat', 3],
      ['lastLoginAt', 'impossibleValue', 3],
      ['onlineBankingEnrolled', 'invalidFormat', 3],
      ['consentMail', 'invalidFormat', 3],
    ]);
    const [first, second] = await stored();
    assert.equal(new Date(String(first?.[1])).toISOString(), '2026-03-01T10:30:00.250Z');
    assert.deepEqual(first?.toSpliced(1, 1), ['Main Street', true, false, true, false, true, false, true, false]);
    assert.deepEqual(second, [null, null, null, null, null, null, null, null, false, true]);
    assert.deepEqual(countsOf(await load(bank, file)), [0, 0, 2, 0, 0, 0]);
    // One value alone is a change, and what the file does not name stays.
    assert.deepEqual(countsOf(await load(bank, ['coreCustomerId,consentSms', 'P1,true', 'P2,'])), [0, 1, 1, 0, 0, 0]);
    await load(bank, ['{"coreCustomerId":"P1","branch":null,"consentPhone":null,"electronicStatements":true}'], {
      format: 'ndjson',
    });
    const [changed] = await stored();
    assert.deepEqual(changed?.toSpliced(1, 1), [null, true, true, true, true, null, false, true, false]);
    assert.equal(changed?.[1], first?.[1]);
    const item = (await revealedCustomers(bank)).get('P1');
    assert.deepEqual(Object.keys(item ?? {}).toSorted(), [
      'accountNumbers',
      'coreCustomerId',
      'customerType',
      'emailAddress',
      'id',
    ]);
  });

  test('a key twice in a file: the later row is invalid, whatever it says', async () => {
    const body = await begin(['coreCustomerId,givenName', 'D1,first', 'D2,x', ' D1 ,second', '"D1",third', 'd1,other']);
    assert.deepEqual(countsOf(body).slice(0, 5), [3, 0, 0, 0, 2]);
    assert.deepEqual(body.invalidReasons, [{ reason: 'duplicateKey', count: 2, recordNumbers: [4, 5], more: false }]);
    assert.equal((await revealedCustomers(bank)).get('D1')?.givenName, 'first');
  });

  test('replace removes who is absent; a refused row with a readable key is not absent', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `F${index}`);
    await begin(['coreCustomerId,givenName', ...names.map((name) => `${name},x`)]);
    const audience = await importList(bank, 'coreCustomerId', ['F0', 'F1', 'F2']);
    const departed = await departedCount();
    const kept = names.slice(2).map((name) => `${name},x`);
    const body = await load(bank, ['coreCustomerId,givenName', ...kept, 'F1,x,too many cells'], { mode: 'replace' });
    assert.deepEqual(countsOf(body), [0, 0, 18, 0, 1, 1]);
    const left = await revealedCustomers(bank);
    assert.deepEqual([left.size, left.has('F0'), left.has('F1')], [19, false, true]);
    assert.equal(await departedCount(), departed + 1);
    const back = await load(bank, ['coreCustomerId,givenName', 'F0,x']);
    assert.deepEqual(countsOf(back), [0, 0, 0, 1, 0, 0]);
    const members = (await bank.send({ url: `/service/customerAudiences/${audience.id}/customers` })).json();
    assert.deepEqual([members.items.length, members.count, members.withheldCount], [2, 3, 1]);
    assert.equal(await departedCount(), departed);
  });

  test('replace that would remove more than a tenth is refused whole, unless it is confirmed', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `G${index}`);
    await begin(['coreCustomerId,givenName', ...names.map((name) => `${name},x`)]);
    const before = await version();
    const tenth = ['coreCustomerId,givenName', ...names.slice(1).map((name) => `${name},x`)];
    const more = ['coreCustomerId,givenName', ...names.slice(2).map((name) => `${name},changed`), 'NEW,x'];
    const refused = await sendLoad(bank, more.join('\n'), { mode: 'replace' });
    assert.equal(refused.statusCode, 422);
    const { type, attributes } = refused.json();
    assert.match(type, /tooManyRemovals/);
    assert.deepEqual([attributes.removedCount, attributes.customerCount], [2, 10]);
    const kept = (await bank.send({ url: `/service/customerLoads/${attributes.customerLoadId}` })).json();
    assert.deepEqual([kept.state, kept.problem.type, kept.removedCount], ['rejected', 'tooManyRemovals', 2]);
    assert.deepEqual(await version(), before);
    assert.equal((await load(bank, tenth, { mode: 'replace' })).removedCount, 1);
    const confirmed = await load(bank, more, { mode: 'replace', query: 'confirmRemovals=true' });
    assert.deepEqual(countsOf(confirmed), [1, 8, 0, 0, 0, 1]);
  });

  test('an empty NDJSON body changes nothing, and as a replace needs to be confirmed', async () => {
    await begin(['coreCustomerId', 'H1']);
    assert.equal((await sendLoad(bank, '', { format: 'ndjson' })).statusCode, 201);
    assert.equal((await sendLoad(bank, '', { format: 'ndjson', mode: 'replace' })).statusCode, 422);
    const emptied = await sendLoad(bank, '', { format: 'ndjson', mode: 'replace', query: 'confirmRemovals=true' });
    assert.deepEqual([emptied.statusCode, emptied.json().removedCount], [201, 1]);
  });

  test('a dry run says what would be, and changes nothing', async () => {
    await begin(['coreCustomerId,givenName', 'I1,x', 'I2,y']);
    const before = await version();
    const lines = 'coreCustomerId,givenName,taxIdNumber\nI1,z,bad\nI3,x,\n';
    const silent = await sendLoad(bank, lines, { query: 'dryRun=true' });
    assert.deepEqual([silent.statusCode, silent.body], [204, '']);
    const headers = { prefer: 'return=representation, respond-async' };
    const shown = await sendLoad(bank, lines, { query: 'dryRun=true', headers });
    assert.deepEqual([shown.statusCode, shown.headers['preference-applied']], [200, 'return=representation']);
    const body = shown.json();
    assert.deepEqual([body.state, ...countsOf(body)], ['preview', 1, 1, 0, 0, 0, 0]);
    assert.deepEqual((await bank.send({ url: `/service/customerLoads/${body.id}` })).json(), body);
    const refused = await sendLoad(bank, lines, { mode: 'replace', query: 'dryRun=true' });
    assert.equal(refused.statusCode, 422);
    assert.deepEqual(await version(), before);
    assert.deepEqual([...(await revealedCustomers(bank)).keys()], ['I1', 'I2']);
  });

  test('respond-async answers 202 with the load, which ends by itself', async () => {
    await begin(['coreCustomerId', ...Array.from({ length: 30 }, (_, index) => `J${index}`)]);
    const answer = await sendLoad(bank, 'coreCustomerId\nJ0\nK1\n', { headers: { prefer: 'respond-async' } });
    assert.equal(answer.statusCode, 202);
    assert.equal(answer.headers['preference-applied'], 'respond-async');
    const done = await ended(bank, String(answer.headers.location));
    assert.deepEqual([done.state, ...countsOf(done)], ['completed', 1, 0, 1, 0, 0, 0]);
    const refused = await sendLoad(bank, 'coreCustomerId\nJ0\n', {
      mode: 'replace',
      headers: { prefer: 'respond-async' },
    });
    assert.equal(refused.statusCode, 202);
    const rejected = await ended(bank, String(refused.headers.location));
    assert.deepEqual([rejected.state, rejected.problem.type], ['rejected', 'tooManyRemovals']);
  });

  test('the same key again gives the first answer; another file under it is refused', async () => {
    await begin(['coreCustomerId', 'L1']);
    const headers = { 'idempotency-key': 'load-1' };
    const first = await sendLoad(bank, 'coreCustomerId\nL2\n', { headers });
    const again = await sendLoad(bank, 'coreCustomerId\nL2\n', { headers });
    assert.deepEqual([again.statusCode, again.json()], [201, first.json()]);
    assert.equal(again.headers['idempotency-replayed'], 'true');
    const other = await sendLoad(bank, 'coreCustomerId\nL3\n', { headers });
    assert.match(other.json().type, /idempotencyKeyReused/);
    assert.equal((await revealedCustomers(bank)).has('L3'), false);
    assert.equal((await sendLoad(bank, 'coreCustomerId\nL3\n')).statusCode, 201);
  });

  test('loads are listed, newest first, filtered and paged', async () => {
    const page = (
      await bank.send({ url: '/service/customerLoads?state=rejected%7Cfailed&mode=replace&limit=1' })
    ).json();
    assert.equal(page.items.length, 1);
    assert.ok(page.count > 1);
    const next = (await bank.send({ url: page.nextPage_url })).json();
    assert.ok(next.items[0].createdAt <= page.items[0].createdAt);
    assert.equal(
      (await bank.send({ url: `/service/customerLoads/${page.items[0].id}`, token: bank.tokens.other })).statusCode,
      404,
    );
    assert.equal((await bank.send({ url: '/service/customerLoads', token: bank.tokens.other })).json().count, 0);
  });

  test('shared identifiers are normal: a list that names them names all owners', async () => {
    await begin(['coreCustomerId,taxIdNumber,accountNumbers', 'M1,960000041,M9|M9', 'M2,960000041,m-9']);
    const audience = await importList(bank, 'accountNumber', ['M9']);
    assert.deepEqual([audience.customerCount, audience.import.ambiguousCount], [2, 1]);
  });

  test('a load with an index key that was retired meanwhile is not published; every active one is written', async () => {
    const identifierType = identifierTypeCode('taxIdNumber');
    const file = ['coreCustomerId,taxIdNumber', 'N1,960000051'];
    // The cached keys are not told, as in another process.
    await bank.database.asOperator(async (tx) => {
      await bank.keyring.addIndexKeyGeneration(tx, { institutionId, identifierType });
      await bank.keyring.addIndexKeyGeneration(tx, { institutionId, identifierType });
      await retireIndexKey(tx, { institutionId, identifierType, generation: 1 }, bank.clock.now());
    });
    const before = await version();
    const early = await sendLoad(bank, file.join('\n'));
    assert.equal(early.statusCode, 503);
    assert.ok(Number(early.headers['retry-after']) > 0);
    assert.deepEqual(await version(), before);
    await begin(file);
    const generations = await bank.database.inInstitution(institutionId, async (tx) => {
      const { rows } = await sql<{ generation: number }>`
        select key_generation as generation from customer_identifier order by 1`.execute(tx.db);
      return rows.map((row) => row.generation);
    });
    assert.deepEqual(generations, [2, 3]);
  });

  test('ordinals are dense and never used twice', async () => {
    const { next } = await version();
    await begin(['coreCustomerId', 'O1', 'O2']);
    await begin(['coreCustomerId', 'O3']);
    await begin(['coreCustomerId', 'O1']);
    const ordinals = await bank.database.inInstitution(institutionId, async (tx) => {
      const { rows } = await sql<{ ordinal: number }>`select ordinal from customer`.execute(tx.db);
      return rows.map((row) => row.ordinal);
    });
    assert.deepEqual(ordinals, [next + 3]);
    assert.equal((await version()).next, next + 4);
  });
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { decodeMemberLines } from '../../src/lib/member-lines.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { countsOf, giveCustomers, importBody, importList, memberIds, plainCustomers } from './import-data.ts';

forEachEngine((engine) => {
  let bank: TestApp;
  let ids: string[];

  before(async () => {
    bank = await startTestApp(engine);
    ids = await giveCustomers(bank, [
      ...plainCustomers(10),
      { coreCustomerId: 'A', identifiers: { accountNumber: ['J1', 'OWN'] } },
      { coreCustomerId: 'B', identifiers: { accountNumber: ['J1'] } },
    ]);
  });
  after(() => bank.close());

  async function edit(
    audienceId: string,
    body: Record<string, unknown>,
    headers: Record<string, string> = {},
    query = '',
  ): Promise<LightMyRequestResponse> {
    return await bank.send({
      method: 'POST',
      url: `/service/customerAudiences/${audienceId}/importedCustomers${query}`,
      json: body,
      headers,
    });
  }

  function editBody(text: string, mode: string, more: Record<string, unknown> = {}): Record<string, unknown> {
    const { name: _name, ...body } = importBody(text);
    return { ...body, mode, ...more };
  }

  test('exclude: an ambiguous line adds nobody, but who is named by another line is a member', async () => {
    const by = { identifierType: 'accountNumber', multipleMatches: 'exclude' };
    const audience = (await importList(bank, 'J1\nOWN', by)).json();
    assert.deepEqual(countsOf(audience.import), [0, 0, 0, 0, 0, 1, 1]);
    assert.deepEqual(await memberIds(bank, audience.id), [ids[10]]);
  });

  test('add, remove and replace make versions, and an edit without effect makes none', async () => {
    const made = (await importList(bank, '900000001\n900000002')).json();
    const added = await edit(made.id, editBody('900000002\n900000003', 'add'));
    assert.equal(added.statusCode, 200, added.body);
    assert.deepEqual(pick(added), { version: 2, customerCount: 3, addedCount: 1, removedCount: 0 });
    assert.deepEqual(await memberIds(bank, made.id), ids.slice(0, 3));

    const again = await edit(made.id, editBody('900000001', 'add'));
    assert.deepEqual(pick(again), { version: 2, customerCount: 3, addedCount: 0, removedCount: 0 });

    const removed = await edit(made.id, editBody('900000001\n900000009', 'remove'));
    assert.deepEqual(pick(removed), { version: 3, customerCount: 2, addedCount: 0, removedCount: 1 });

    const nobody = await edit(made.id, editBody('999999998', 'remove'));
    assert.equal(nobody.statusCode, 200);
    assert.deepEqual(pick(nobody), { version: 3, customerCount: 2, addedCount: 0, removedCount: 0 });

    const etag = String(removed.headers.etag);
    const replaced = await edit(made.id, editBody('900000005\n900000003', 'replace'), { 'if-match': etag });
    assert.deepEqual(pick(replaced), { version: 4, customerCount: 2, addedCount: 1, removedCount: 1 });
    assert.deepEqual(await memberIds(bank, made.id), [ids[2], ids[4]]);
  });

  test('the import of an edit keeps how many came and left', async () => {
    const made = await importList(bank, '900000001\n900000002');
    assert.deepEqual(changeOf(made.json().import), [undefined, undefined]);
    const etag = String(made.headers.etag);
    const replaced = await edit(made.json().id, editBody('900000002\n900000003', 'replace'), { 'if-match': etag });
    const found = await bank.send({ url: `/service/customerAudienceImports/${replaced.json().import.id}` });
    assert.deepEqual(changeOf(found.json()), [1, 1]);
    const nobody = await edit(made.json().id, editBody('999999998', 'add'));
    assert.equal(nobody.statusCode, 422);
    assert.deepEqual(changeOf(nobody.json().attributes), [undefined, undefined]);
  });

  test('each version keeps the line of the members that its list brought', async () => {
    const made = (await importList(bank, '900000004\n900000002')).json();
    await edit(made.id, editBody('x\n900000003\n900000002', 'add'));
    const lines = await bank.database.inInstitution(institutionId, (tx) =>
      tx.db
        .selectFrom('audience_version')
        .select(['member_lines', 'added_count'])
        .where('audience_id', '=', made.id)
        .orderBy('version')
        .execute(),
    );
    const decoded = lines.map((row) => [...decodeMemberLines(row.member_lines ?? Buffer.alloc(0), row.added_count)]);
    assert.deepEqual(decoded, [[2, 1], [2]]);
  });

  test('a replace that matches nobody, or does not name what it replaces, changes nothing', async () => {
    const made = await importList(bank, '900000001');
    const { id } = made.json();
    const etag = String(made.headers.etag);
    const unnamed = await edit(id, editBody('900000002', 'replace'));
    assert.equal(unnamed.statusCode, 428);
    const stale = await edit(id, editBody('900000002', 'replace'), { 'if-match': '"other"' });
    assert.equal(stale.statusCode, 412);
    const nobody = await edit(id, editBody('999999998', 'replace'), { 'if-match': etag });
    assert.equal(nobody.statusCode, 422);
    assert.match(nobody.json().type, /noCustomersMatched/);
    assert.deepEqual(await memberIds(bank, id), ids.slice(0, 1));
  });

  test('a dry run of an edit tells what it would do', async () => {
    const { id } = (await importList(bank, '900000001')).json();
    const prefer = { prefer: 'return=representation' };
    const preview = await edit(id, editBody('900000002', 'add'), prefer, '?dryRun=true');
    assert.equal(preview.statusCode, 200, preview.body);
    assert.deepEqual(pick(preview), { version: 1, customerCount: 2, addedCount: 1, removedCount: 0 });
    assert.equal(preview.json().import.state, 'preview');
    assert.deepEqual(changeOf(preview.json().import), [1, 0]);
    assert.deepEqual(await memberIds(bank, id), ids.slice(0, 1));
  });

  test('an archived audience is not edited, and one of another institution is not there', async () => {
    const { id } = (await importList(bank, '900000001')).json();
    const archived = await bank.send({
      method: 'POST',
      url: `/service/archivedCustomerAudiences?customerAudience=${id}`,
    });
    assert.equal(archived.statusCode, 200, archived.body);
    assert.equal((await edit(id, editBody('900000002', 'add'))).statusCode, 409);
    const foreign = await bank.send({
      method: 'POST',
      url: `/service/customerAudiences/${id}/importedCustomers`,
      json: editBody('900000002', 'add'),
      token: bank.tokens.other,
    });
    assert.equal(foreign.statusCode, 404);
  });

  test('two edits at once both count', async () => {
    const { id } = (await importList(bank, '900000001')).json();
    const answers = await Promise.all([
      edit(id, editBody('900000002', 'add')),
      edit(id, editBody('900000003', 'add')),
      edit(id, editBody('900000004', 'add')),
    ]);
    for (const answer of answers) assert.equal(answer.statusCode, 200, answer.body);
    assert.deepEqual(new Set(answers.map((answer) => answer.json().version)), new Set([2, 3, 4]));
    assert.deepEqual(await memberIds(bank, id), ids.slice(0, 4));
  });

  test('of two replaces of one state the second is told so', async () => {
    const made = await importList(bank, '900000001');
    const headers = { 'if-match': String(made.headers.etag) };
    const answers = await Promise.all([
      edit(made.json().id, editBody('900000002', 'replace'), headers),
      edit(made.json().id, editBody('900000003', 'replace'), headers),
    ]);
    assert.deepEqual(answers.map((answer) => answer.statusCode).toSorted(), [200, 412]);
  });
});

function changeOf(ledger: { addedCount?: number; removedCount?: number }) {
  return [ledger.addedCount, ledger.removedCount];
}

function pick(answer: LightMyRequestResponse) {
  const { version, customerCount, addedCount, removedCount } = answer.json();
  return { version, customerCount, addedCount, removedCount };
}

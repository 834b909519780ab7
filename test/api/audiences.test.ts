import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { seedAudience } from './audience-data.ts';

const mergePatch = { 'content-type': 'application/merge-patch+json' };

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
  });
  after(() => bank.close());

  const url = (id: string) => `/service/customerAudiences/${id}`;
  const tagOf = async (id: string) => String((await bank.send({ method: 'GET', url: url(id) })).headers.etag);
  const patch = async (id: string, json: unknown, headers: Record<string, string> = {}) =>
    bank.send({ method: 'PATCH', url: url(id), json, headers: { 'if-match': await tagOf(id), ...headers } });
  const move = (state: 'archived' | 'active', id: string, headers: Record<string, string> = {}) =>
    bank.send({ method: 'POST', url: `/service/${state}CustomerAudiences?customerAudience=${id}`, headers });

  test('an audience as the contract shows it, with a strong tag that 304 honours', async () => {
    const at = new Date('2026-03-01T10:20:30.456Z');
    const { id } = await seedAudience(bank, { name: 'Shown', description: '*x*', members: [1, 2], at, by: 'someone' });
    const answer = await bank.send({ method: 'GET', url: url(id) });
    assert.equal(answer.statusCode, 200);
    assert.deepEqual(answer.json(), {
      id,
      name: 'Shown',
      description: '*x*',
      kind: 'imported',
      purpose: 'marketing',
      state: 'active',
      identifierType: 'taxIdNumber',
      fileName: 'list.csv',
      customerCount: 2,
      version: 1,
      createdAt: '2026-03-01T10:20:30.456Z',
      updatedAt: '2026-03-01T10:20:30.456Z',
      createdBy: 'someone',
      customerVersion: 1,
    });
    const tag = String(answer.headers.etag);
    assert.match(tag, /^"[-\w]+"$/);
    const again = await bank.send({ method: 'GET', url: url(id), headers: { 'if-none-match': `"x", W/${tag}` } });
    assert.equal(again.statusCode, 304);
    assert.equal(again.body, '');
    const changed = await patch(id, { name: 'Shown 2' });
    assert.equal(changed.headers.etag, await tagOf(id));
    assert.notEqual(changed.headers.etag, tag);
  });

  test('a patch merges: absent keeps, null clears, a name cannot be null', async () => {
    const { id } = await seedAudience(bank, { name: 'Merged', description: 'old' });
    const renamed = await patch(id, { name: 'Merged two' }, mergePatch);
    assert.equal(renamed.statusCode, 200, renamed.body);
    assert.deepEqual([renamed.json().name, renamed.json().description], ['Merged two', 'old']);
    const cleared = await patch(id, { description: null }, mergePatch);
    assert.equal(cleared.json().description, undefined);
    assert.equal((await patch(id, { name: null })).statusCode, 422);
    assert.equal((await patch(id, { state: 'archived' })).statusCode, 400);
    assert.equal((await patch(id, [])).statusCode, 400);
    const tag = await tagOf(id);
    const same = await patch(id, { name: 'Merged two' });
    assert.equal(same.headers.etag, tag, 'a patch that changes nothing leaves the tag');
    assert.equal(same.json().version, 1);
  });

  test('PATCH and DELETE need If-Match, and the right one', async () => {
    const { id } = await seedAudience(bank, { name: 'Guarded' });
    for (const method of ['PATCH', 'DELETE'] as const) {
      const json = method === 'PATCH' ? { json: { name: 'x' } } : {};
      assert.equal((await bank.send({ method, url: url(id), ...json })).statusCode, 428);
      const headers = { 'if-match': '"other"' };
      assert.equal((await bank.send({ method, url: url(id), headers, ...json })).statusCode, 412);
      const weak = { 'if-match': `W/${await tagOf(id)}` };
      assert.equal((await bank.send({ method, url: url(id), headers: weak, ...json })).statusCode, 412);
    }
    assert.equal((await patch(id, { description: 'any' }, { 'if-match': '*' })).statusCode, 200);
  });

  test('of two patches at once one wins and the other is told', async () => {
    const { id } = await seedAudience(bank, { name: 'Raced' });
    const tag = await tagOf(id);
    const answers = await Promise.all(
      ['left', 'right'].map((description) => patch(id, { description }, { 'if-match': tag })),
    );
    assert.deepEqual(answers.map((answer) => answer.statusCode).sort(), [200, 412]);
    const winner = answers.find((answer) => answer.statusCode === 200)?.json().description;
    assert.equal((await bank.send({ method: 'GET', url: url(id) })).json().description, winner);
  });

  test('of two audiences that take one name at once one gets it', async () => {
    const both = [await seedAudience(bank, { name: 'Taker 1' }), await seedAudience(bank, { name: 'Taker 2' })];
    const answers = await Promise.all(both.map(({ id }) => patch(id, { name: 'The name' })));
    assert.deepEqual(answers.map((answer) => answer.statusCode).sort(), [200, 409]);
    assert.match(answers.find((answer) => answer.statusCode === 409)?.json().type, /audienceNameTaken/);
  });

  test('80 emoji are a name; 81, control characters and spaces alone are not', async () => {
    const { id } = await seedAudience(bank, { name: 'Emoji' });
    const emoji = '😀'.repeat(80);
    assert.equal((await patch(id, { name: emoji })).json().name, emoji);
    for (const name of ['😀'.repeat(81), '', ' ', 'a\u0007b', 'a\nb', '\u202Eevil']) {
      const refused = await patch(id, { name });
      assert.equal(refused.statusCode, 400, JSON.stringify(name));
      assert.ok(!refused.body.includes('evil'));
    }
  });

  test('names are one when they differ in case, spaces or composition only', async () => {
    await seedAudience(bank, { name: 'Café  Große' });
    const { id } = await seedAudience(bank, { name: 'Tea' });
    for (const name of ['CAFE\u0301 GROSSE', ' café große ', 'Café\u00a0GROẞE']) {
      const refused = await patch(id, { name });
      assert.equal(refused.statusCode, 409, name);
      assert.match(refused.json().type, /audienceNameTaken/);
    }
    await assert.rejects(seedAudience(bank, { name: 'café grosse' }), /differs in case/);
  });

  test('a taken name leaves the transaction of the import usable', async () => {
    const { name } = await seedAudience(bank, { name: 'Kept usable' });
    const { insertImportedAudience } = await import('../../src/modules/audiences/index.ts');
    const after = await bank.database.inInstitution(institutionId, async (tx) => {
      await assert.rejects(
        insertImportedAudience(tx, {
          id: 'aaaaaaaaaa0123456789',
          name: name.toUpperCase(),
          description: null,
          identifierType: 'taxIdNumber',
          fileName: 'x',
          importId: 'bbbbbbbbbb0123456789',
          members: new Uint8Array(0),
          memberLines: null,
          customerCount: 0,
          customerVersion: 1,
          at: bank.clock.now(),
          by: 'x',
        }),
        /differs in case/,
      );
      return await tx.db.selectFrom('audience').select('id').where('name', '=', name).execute();
    });
    assert.equal(after.length, 1);
  });

  test('a description is text, whatever it holds', async () => {
    const { id } = await seedAudience(bank, { name: 'Described' });
    const description = '# Title\n\n<script>alert("1")</script> & \'quotes\' \\ 😀\r\n- a\tb';
    const answer = await patch(id, { description });
    assert.equal(answer.json().description, description);
    assert.match(String(answer.headers['content-type']), /^application\/json/);
    assert.equal((await bank.send({ method: 'GET', url: url(id) })).json().description, description);
    assert.equal((await patch(id, { description: 'x'.repeat(4_001) })).statusCode, 400);
    assert.equal((await patch(id, { description: '😀'.repeat(4_000) })).statusCode, 200);
    assert.equal((await patch(id, { description: 'NUL \0' })).statusCode, 400);
  });

  test('archived: readable, its name is free; activating it again may find the name taken', async () => {
    const { id } = await seedAudience(bank, { name: 'Seasonal' });
    const archived = await move('archived', id);
    assert.equal(archived.statusCode, 200, archived.body);
    assert.deepEqual([archived.json().state, archived.json().version], ['archived', 1]);
    assert.equal((await move('archived', id)).headers.etag, archived.headers.etag, 'already there');
    const namesake = await seedAudience(bank, { name: 'SEASONAL' });
    const refused = await move('active', id);
    assert.equal(refused.statusCode, 409);
    assert.match(refused.json().type, /audienceNameTaken/);
    assert.equal((await move('archived', namesake.id)).statusCode, 200);
    assert.equal((await move('active', id)).json().state, 'active');
    assert.equal((await move('active', namesake.id, { 'if-match': '"old"' })).statusCode, 412);
    const renamed = await patch(namesake.id, { name: 'seasonal ' });
    assert.equal(renamed.statusCode, 200, 'an archived audience may have any name');
  });

  test('the same key archives once', async () => {
    const { id } = await seedAudience(bank, { name: 'Keyed' });
    const headers = { 'idempotency-key': 'archive-once' };
    const first = await move('archived', id, headers);
    await move('active', id);
    const second = await move('archived', id, headers);
    assert.equal(second.headers['idempotency-replayed'], 'true');
    assert.deepEqual(second.json(), first.json());
    assert.equal((await bank.send({ method: 'GET', url: url(id) })).json().state, 'active');
  });

  test('a dry run refuses what would be refused and changes nothing', async () => {
    const { id } = await seedAudience(bank, { name: 'Rehearsed' });
    await seedAudience(bank, { name: 'Taken' });
    const tag = await tagOf(id);
    const rehearse = (json: unknown, headers: Record<string, string> = {}) =>
      bank.send({ method: 'PATCH', url: `${url(id)}?dryRun=true`, json, headers: { 'if-match': tag, ...headers } });
    assert.equal((await rehearse({ name: 'Better' })).statusCode, 204);
    const shown = await rehearse({ name: 'Better' }, { prefer: 'return=representation' });
    assert.deepEqual([shown.statusCode, shown.json().name, shown.headers.etag], [200, 'Better', undefined]);
    assert.equal(shown.headers['preference-applied'], 'return=representation');
    assert.equal((await rehearse({ name: 'taken' })).statusCode, 409);
    const deleted = await bank.send({
      method: 'DELETE',
      url: `${url(id)}?dryRun=true`,
      headers: { 'if-match': tag },
    });
    assert.equal(deleted.statusCode, 204);
    const archived = await bank.send({
      method: 'POST',
      url: `/service/archivedCustomerAudiences?customerAudience=${id}&dryRun=true`,
    });
    assert.equal(archived.statusCode, 204);
    assert.equal(await tagOf(id), tag);
  });

  test('deleting takes the versions too, and leaves import and audit', async () => {
    const { id, import_id: importId } = await seedAudience(bank, { name: 'Short-lived', members: [1] });
    const rows = await bank.database.inInstitution(institutionId, async (tx) => {
      await tx.db
        .insertInto('import')
        .values({
          institution_id: institutionId,
          id: importId ?? '',
          mode: 'create',
          audience_id: id,
          identifier_type: 'taxIdNumber',
          file_name: 'list.csv',
          state: 'completed',
          options: '{}',
          canonicaliser_version: 1,
          created_at: bank.clock.now(),
          created_by: 'x',
        })
        .execute();
      return tx.db.selectFrom('audience_version').select('version').where('audience_id', '=', id).execute();
    });
    assert.equal(rows.length, 1);
    const headers = { 'if-match': await tagOf(id) };
    assert.equal((await bank.send({ method: 'DELETE', url: url(id), headers })).statusCode, 204);
    for (const path of ['', '/customers', '/customerIds']) {
      assert.equal((await bank.send({ method: 'GET', url: url(id) + path })).statusCode, 404);
    }
    assert.equal((await bank.send({ method: 'DELETE', url: url(id), headers })).statusCode, 404);
    await bank.database.inInstitution(institutionId, async (tx) => {
      const left = await tx.db.selectFrom('audience_version').select('version').where('audience_id', '=', id).execute();
      assert.equal(left.length, 0);
      const imports = await tx.db.selectFrom('import').select('id').where('audience_id', '=', id).execute();
      assert.equal(imports.length, 1);
      const entries = await tx.db
        .selectFrom('audit_entry')
        .select(['operation', 'outcome', 'detail'])
        .where('resource', '=', id)
        .execute();
      assert.deepEqual(entries, [
        { operation: 'deleteCustomerAudience', outcome: 'done', detail: { version: 1, customerCount: 1 } },
      ]);
    });
    await seedAudience(bank, { name: 'short-lived' });
  });

  test('another institution’s audience is not there, for any operation', async () => {
    const { id } = await seedAudience(bank, { name: 'Foreign', institution: otherInstitutionId });
    const headers = { 'if-match': '*' };
    const answers = await Promise.all([
      bank.send({ method: 'GET', url: url(id) }),
      bank.send({ method: 'GET', url: `${url(id)}/customers` }),
      bank.send({ method: 'GET', url: `${url(id)}/customerIds` }),
      bank.send({ method: 'PATCH', url: url(id), json: { name: 'Mine' }, headers }),
      bank.send({ method: 'DELETE', url: url(id), headers }),
      move('archived', id),
      move('active', id),
    ]);
    assert.deepEqual(
      answers.map((answer) => answer.statusCode),
      answers.map(() => 404),
    );
    const own = await bank.send({ method: 'GET', url: url(id), token: bank.tokens.other });
    assert.equal(own.statusCode, 200);
  });

  test('reading and writing are different rights', async () => {
    const { id } = await seedAudience(bank, { name: 'Rights' });
    const reader = await bank.createToken({ scopes: ['bankingAdmin/read'] });
    const writer = await bank.createToken({ scopes: ['bankingAdmin/write'] });
    const headers = { 'if-match': '*' };
    const change = { method: 'PATCH', url: url(id), json: { name: 'Rights 2' }, headers } as const;
    assert.equal((await bank.send({ ...change, token: reader })).statusCode, 403);
    assert.equal((await bank.send({ ...change, token: writer })).statusCode, 200);
    assert.equal((await bank.send({ method: 'GET', url: url(id), token: writer })).statusCode, 403);
    assert.equal((await bank.send({ method: 'GET', url: `${url(id)}/customers`, token: writer })).statusCode, 403);
    assert.equal((await bank.send({ method: 'GET', url: url(id), token: null })).statusCode, 401);
  });
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { giveUpVerification, runVerification } from '../../src/modules/audit-verifications/audit-verification-run.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';

const url = '/service/auditVerifications';

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    await bank.jobs.start();
  });
  after(() => bank.close());

  const post = (headers: Record<string, string> = {}, token = bank.tokens.own) =>
    bank.send({ method: 'POST', url, headers, token });
  const ended = async (answer: Awaited<ReturnType<typeof post>>, token = bank.tokens.own) => {
    assert.equal(answer.statusCode, 202, answer.body);
    for (const giveUpAt = Date.now() + 60_000; ; await delay(50)) {
      const verification = (await bank.send({ url: String(answer.headers.location), token })).json();
      if (verification.state !== 'running') return verification;
      assert.ok(Date.now() < giveUpAt, 'the verification does not end');
    }
  };
  /** What a hand with the owner's rights does. */
  const tamper = (sql: string, values: unknown[] = []) =>
    bank.database.asOperator(async (tx) => {
      await tx.client.query('alter table audit_entry disable trigger audit_entry_append_only');
      const { rows } = await tx.client.query(sql, values);
      await tx.client.query('alter table audit_entry enable trigger audit_entry_append_only');
      return rows;
    });
  /** One that somebody asked for and nobody works on. */
  const seed = (id: string) =>
    tamper(`insert into audit_verification (institution_id, id, state, created_at, created_by, created_by_kind,
      lease_until) values ('${institutionId}', '${id}', 'running', now(), 'p', 'person', now() + interval '1 hour')`);
  const entriesOf = (resource: string) =>
    tamper('select operation, outcome, detail from audit_entry where resource = $1 order by sequence', [resource]);

  test('a whole trail is found intact; the act and what was found are in the trail itself', async () => {
    const started = await post({ 'idempotency-key': 'once' });
    assert.deepEqual([started.json().state, started.json().entryCount], ['running', 0]);
    const { state, entryCount, totalCount, finding, createdBy, finishedAt, id } = await ended(started);
    const { items } = (await bank.send({ url: '/service/auditEntries?limit=1' })).json();
    assert.deepEqual([state, finding], ['intact', undefined]);
    assert.ok(entryCount === totalCount && entryCount > 1 && entryCount < items[0].sequence);
    assert.ok(createdBy.length > 5 && finishedAt > started.json().createdAt);
    assert.deepEqual(await entriesOf(id), [
      { operation: 'createAuditVerification', outcome: 'done', detail: {} },
      { operation: 'verifyAudit', outcome: 'done', detail: { state: 'intact', entryCount } },
    ]);
    assert.deepEqual((await post({ 'idempotency-key': 'once' })).json(), started.json());
  });

  test('a dry run starts nothing, and shows what it would have started', async () => {
    const counted = async () => (await bank.send({ url: `${url}?limit=0` })).json().count;
    const before = await counted();
    const headers = { prefer: 'return=representation' };
    const shown = await bank.send({ method: 'POST', url: `${url}?dryRun=true`, headers });
    assert.deepEqual([shown.statusCode, shown.json().state, shown.headers.location], [200, 'running', undefined]);
    assert.equal(await counted(), before);
    assert.deepEqual(await entriesOf(shown.json().id), [
      { operation: 'createAuditVerification', outcome: 'preview', detail: {} },
    ]);
  });

  test('one walks at a time; one whose process has died stands in nobody’s way', async () => {
    await seed('running1');
    const refused = await post();
    assert.deepEqual([refused.statusCode, refused.json().attributes], [409, { auditVerificationId: 'running1' }]);
    await tamper(`update audit_verification set lease_until = now() - interval '1 s' where id = 'running1'`);
    assert.equal((await ended(await post())).state, 'intact');
    assert.equal((await bank.send({ url: `${url}/running1` })).json().state, 'failed');
  });

  test('the list: newest first, by pages and state', async () => {
    const all = (await bank.send({ url })).json();
    assert.ok(all.count >= 3);
    const first = (await bank.send({ url: `${url}?limit=2` })).json();
    const rest = (await bank.send({ url: first.nextPage_url })).json();
    assert.deepEqual([...first.items, ...rest.items], all.items);
    assert.equal((await bank.send({ url: `${url}?state=failed` })).json().count, 1);
    assert.equal((await bank.send({ url: `${url}?state=broken%7Crunning` })).json().count, 0);
    assert.equal((await bank.send({ url, token: bank.tokens.other })).json().count, 0);
    assert.equal((await bank.send({ url: `${url}/running1`, token: bank.tokens.other })).statusCode, 404);
  });

  test('one that was cut off begins anew; one that was tried often enough is failed, and says so in the trail', async () => {
    const logger = { error: assert.fail };
    const deps = { database: bank.database, keyring: bank.keyring, clock: bank.clock, audit: bank.audit, logger };
    const ref = { institutionId, id: 'running2' };
    const stateOf = async () => (await bank.send({ url: `${url}/${ref.id}` })).json().state;
    await seed(ref.id);
    const stopped = AbortSignal.abort(new Error('the server stops'));
    await assert.rejects(runVerification(deps, ref, stopped), /the server stops/);
    assert.equal(await stateOf(), 'running');
    await runVerification(deps, ref, new AbortController().signal);
    assert.equal(await stateOf(), 'intact');
    ref.id = 'running3';
    await seed(ref.id);
    await giveUpVerification(deps, ref);
    assert.equal(await stateOf(), 'failed');
    await runVerification(deps, ref, new AbortController().signal);
    assert.deepEqual(await entriesOf(ref.id), [
      { operation: 'verifyAudit', outcome: 'done', detail: { state: 'failed' } },
    ]);
  });

  test('an entry that was changed is named', async () => {
    const before = await tamper(
      'update audit_entry set operation = $2 where institution_id = $1 and sequence = 2 returning detail',
      [institutionId, 'somethingElse'],
    );
    assert.equal(before.length, 1);
    const { state, entryCount, finding, id } = await ended(await post());
    assert.deepEqual([state, entryCount, finding], ['broken', 1, { kind: 'altered', sequence: 2 }]);
    assert.deepEqual((await entriesOf(id))[1].detail, { state: 'broken', entryCount: 1, kind: 'altered', sequence: 2 });
    assert.match(bank.log.join(''), /"level":50,.*"kind":"altered","sequence":2,"msg":"the audit trail is broken"/);
  });

  test('a trail that takes no entry any more is walked all the same', async () => {
    await tamper('delete from audit_head where institution_id = $1', [otherInstitutionId]);
    const token = bank.tokens.other;
    assert.equal((await bank.send({ url: '/service/auditEntries', token })).statusCode, 500);
    const dry = await bank.send({ method: 'POST', url: `${url}?dryRun=true`, token });
    assert.equal(dry.statusCode, 204, dry.body);
    assert.equal((await bank.send({ url, token })).json().count, 0);
    const started = await post({ 'idempotency-key': 'once' }, token);
    const { state, finding, id } = await ended(started, token);
    assert.deepEqual([state, finding.kind], ['broken', 'headMissing']);
    assert.deepEqual(await entriesOf(id), []);
    assert.deepEqual((await post({ 'idempotency-key': 'once' }, token)).json(), started.json());
    assert.equal((await bank.send({ url, token })).json().count, 1);
  });

  test('who only reads audiences neither starts one nor sees one', async () => {
    const viewer = await bank.createToken({ scopes: ['bankingAdmin/read', 'bankingAdmin/write'], roles: ['viewer'] });
    assert.equal((await post({}, viewer)).statusCode, 403);
    assert.equal((await bank.send({ url, token: viewer })).statusCode, 403);
  });
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { type Scope, scopes } from '../../src/modules/access/index.ts';
import { createInstitution } from '../../src/modules/institutions/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp, type TestRequest } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import {
  constants,
  type Operation,
  operationsOf,
  type Resources,
  requestOf,
  sampledOperations,
  sampleOf,
  seedResources,
} from './denial-samples.ts';
import { createSessions, type SessionMaker, type TestSession } from './session-data.ts';

/**
 * The matrix operation x denial, made from the table of routes: no token, a bad one, the wrong scope, the wrong role,
 * another institution, an audience that is not shared; by token, and by the cookie of a session of the portal. A route
 * without a sample fails it.
 */
forEachEngine((engine) => {
  let bank: TestApp;
  let operations: readonly Operation[];
  let resources: Resources;
  let sessions: SessionMaker;

  before(async () => {
    bank = await startTestApp(engine);
    await bank.app.ready();
    await bank.jobs.start();
    operations = operationsOf(bank);
    resources = await seedResources(bank);
    sessions = createSessions(bank);
  });
  after(() => bank.close());

  test('every operation has a sample, and every sample an operation', () => {
    assert.ok(operations.length > 40);
    assert.deepEqual(operations.map(({ id }) => id).toSorted(), sampledOperations.toSorted());
  });

  test('without a token, or with a bad one: 401, with an error code only for the bad one', async () => {
    for (const operation of operations) {
      const request = { ...requestOf(operation, resources), token: null };
      const none = await bank.send(request);
      assert.deepEqual(
        [none.statusCode, none.headers['www-authenticate']],
        [401, 'Bearer realm="rollcall"'],
        operation.id,
      );
      const bad = await bank.send({ ...request, token: `${bank.tokens.own}x` });
      assert.equal(bad.statusCode, 401, operation.id);
      assert.match(
        String(bad.headers['www-authenticate']),
        /^Bearer realm="rollcall", error="invalid_token", error_description="/,
        operation.id,
      );
      assert.equal(bad.json().type, '/errors/unauthorized/v1.0.0', operation.id);
    }
  });

  test('with every scope but the one: 403 that names it, and an entry in the audit trail', async () => {
    const principals = new Map<Scope, { token: string; principalId: string }>();
    for (const scope of scopes) {
      principals.set(scope, await bank.createPrincipal({ scopes: scopes.filter((other) => other !== scope) }));
    }
    for (const operation of operations) {
      const token = principals.get(operation.scope)?.token ?? null;
      const answer = await bank.send({ ...requestOf(operation, resources), token });
      assert.equal(answer.statusCode, 403, `${operation.id}: ${answer.body}`);
      const challenge = `Bearer realm="rollcall", error="insufficient_scope", scope="${operation.scope}"`;
      assert.equal(answer.headers['www-authenticate'], challenge, operation.id);
      assert.equal(answer.json().type, '/errors/forbidden/v1.0.0', operation.id);
    }
    const ids = [...principals.values()].map(({ principalId }) => principalId);
    assert.deepEqual(await deniedOperations(ids), operations.map(({ id }) => id).toSorted());
  });

  test('with every role but those that open it: 403 that names them, and an entry in the audit trail', async () => {
    const ids: string[] = [];
    for (const operation of operations) {
      const { token, principalId } = await bank.createPrincipal({ scopes, roles: operation.otherRoles });
      ids.push(principalId);
      const answer = await bank.send({ ...requestOf(operation, resources), token });
      assert.equal(answer.statusCode, 403, `${operation.id}: ${answer.body}`);
      assert.equal(answer.headers['www-authenticate'], undefined, operation.id);
      assert.equal(answer.json().type, '/errors/forbidden/v1.0.0', operation.id);
      for (const role of operation.otherRoles) assert.ok(!answer.json().attributes.roles.includes(role), operation.id);
    }
    assert.deepEqual(await deniedOperations(ids), operations.map(({ id }) => id).toSorted());
  });

  async function deniedOperations(principalIds: readonly string[]): Promise<string[]> {
    const rows = await bank.database.asOperator((tx) =>
      tx.db
        .selectFrom('audit_entry')
        .select('operation')
        .where('outcome', '=', 'denied')
        .where('principal_id', 'in', [...principalIds])
        .execute(),
    );
    return rows.map(({ operation }) => operation).toSorted();
  }

  test('with the token of another institution than Institution-Id names: 403', async () => {
    for (const operation of operations) {
      const request = requestOf(operation, resources);
      const headers = { ...request.headers, 'institution-id': otherInstitutionId };
      const answer = await bank.send({ ...request, headers });
      assert.equal(answer.statusCode, 403, operation.id);
    }
  });

  test('with an unknown query parameter: 400 that does not repeat it', async () => {
    for (const operation of operations) {
      const request = requestOf(operation, resources);
      const url = `${request.url}${request.url.includes('?') ? '&' : '?'}123456789=x`;
      const answer = await bank.send({ ...request, url });
      assert.equal(answer.statusCode, 400, `${operation.id}: ${answer.body}`);
      assert.equal(answer.json().type, '/errors/badRequest/v1.0.0', operation.id);
      assert.ok(!answer.body.includes('123456789'), operation.id);
    }
  });

  test('for a principal of another institution there is nothing: 404 as for what does not exist, or no items', async () => {
    const token = bank.tokens.other;
    for (const operation of operations.toSorted(readsFirst)) {
      await expectNothing(operation, { send: byToken(token), expected: sampleOf(operation).foreign });
    }
  });

  test('for an analyst with whom the audience is not shared there is nothing either', async () => {
    const { token } = await bank.createPrincipal({
      kind: 'person',
      scopes,
      roles: ['viewer', 'analyst', 'exporter'],
    });
    const tried = operations.filter((operation) => sampleOf(operation).unshared !== undefined);
    assert.ok(tried.length > 15);
    for (const operation of tried.toSorted(readsFirst)) {
      await expectNothing(operation, { send: byToken(token), expected: sampleOf(operation).unshared });
    }
  });

  type Send = (request: TestRequest) => Promise<LightMyRequestResponse>;
  const byToken =
    (token: string): Send =>
    (request) =>
      bank.send({ ...request, token });
  const bySession =
    (session: TestSession): Send =>
    ({ headers, ...request }) =>
      bank.send({ ...request, headers: { ...headers, ...session.headers }, token: null });

  async function expectNothing(
    operation: Operation,
    is: { send: Send; expected: 'notFound' | 'empty' | 'own' | undefined },
  ): Promise<void> {
    const { send, expected } = is;
    const answer = await send(requestOf(operation, resources));
    const said = `${operation.id}: ${answer.statusCode} ${answer.body}`;
    if (expected === 'empty') {
      assert.deepEqual([answer.statusCode, answer.json().items, answer.json().count], [200, [], 0], said);
    } else if (expected === 'own') {
      assert.ok(answer.statusCode < 300 || [409, 422].includes(answer.statusCode), said);
      for (const id of [institutionId, ...Object.values(resources)]) assert.ok(!answer.body.includes(id), said);
    } else {
      assert.equal(answer.statusCode, 404, said);
      const nowhere = Object.fromEntries(Object.keys(resources).map((name) => [name, 'f'.repeat(20)]));
      const absent = await send(requestOf(operation, nowhere));
      assert.deepEqual(withoutOccurrence(answer.json()), withoutOccurrence(absent.json()), operation.id);
    }
  }

  test('a session without the scope or the role gets the same answer as its token, and an entry in the audit trail', async () => {
    const made = new Map<string, TestSession>();
    for (const operation of operations) {
      const without = [
        { scopes: scopes.filter((scope) => scope !== operation.scope) },
        { scopes, roles: operation.otherRoles },
      ];
      for (const order of without) {
        const key = JSON.stringify(order);
        const session = made.get(key) ?? (await sessions.begin(order));
        made.set(key, session);
        const request = requestOf(operation, resources);
        const [byCookie, expected] = [await bySession(session)(request), await byToken(session.token)(request)];
        assert.equal(byCookie.statusCode, 403, `${operation.id}: ${byCookie.body}`);
        assert.deepEqual(withoutOccurrence(byCookie.json()), withoutOccurrence(expected.json()), operation.id);
        assert.equal(byCookie.headers['www-authenticate'], expected.headers['www-authenticate'], operation.id);
      }
    }
    // Lacking the scope and lacking the role, each by cookie and by token.
    const denied = await deniedOperations([...made.values()].map(({ personId }) => personId));
    assert.deepEqual(denied, operations.flatMap(({ id }) => [id, id, id, id]).toSorted());
  });

  test('what changes something by cookie needs the proof that a page of ours sent it, whatever the right', async () => {
    const session = await sessions.begin({ scopes });
    const { 'x-csrf-token': _proof, ...withoutProof } = session.headers;
    const forged = [withoutProof, { ...session.headers, 'sec-fetch-site': 'cross-site' }];
    const writes = operations.filter(({ method }) => method !== 'GET');
    assert.ok(writes.length > 30);
    for (const operation of writes) {
      for (const headers of forged) {
        const answer = await bySession({ ...session, headers })(requestOf(operation, resources));
        assert.equal(answer.statusCode, 403, `${operation.id}: ${answer.body}`);
        assert.match(answer.json().detail, /X-CSRF-Token/, operation.id);
      }
    }
    const denied = await deniedOperations([session.personId]);
    assert.deepEqual(denied, writes.flatMap(({ id }) => [id, id]).toSorted());
  });

  test('for a session of another institution there is nothing either, and none without a session', async () => {
    // Of its own: the principal of the other one has left things there.
    const home = { id: 'SESSBANK', name: 'Of sessions', at: bank.clock.now() };
    await bank.database.asOperator((tx) => createInstitution(bank, tx, home));
    const session = await sessions.begin({ scopes, institutionId: home.id });
    const unknown = { ...session, headers: { ...session.headers, cookie: `rollcall=${'A'.repeat(43)}` } };
    for (const operation of operations.toSorted(readsFirst)) {
      const { foreign, foreignPerson = foreign } = sampleOf(operation);
      await expectNothing(operation, { send: bySession(session), expected: foreignPerson });
      const none = await bySession(unknown)(requestOf(operation, resources));
      assert.deepEqual(
        [none.statusCode, none.headers['www-authenticate']],
        [401, 'Bearer realm="rollcall"'],
        operation.id,
      );
    }
  });

  test('the same requests with the right token find the resource', async () => {
    // Of each institution that the seeded application acts for; after the other tests: these requests delete and edit.
    const institutionIds = [institutionId, String(constants.institutionId)];
    const { token } = await bank.createPrincipal({ scopes, institutionIds });
    for (const operation of operations.toSorted(readsFirst)) {
      if (operation.route.config?.produces?.[0] === 'text/event-stream') continue;
      const request = requestOf(operation, resources);
      const headers = { ...request.headers, 'institution-id': institutionId };
      const answer = await bank.send({ ...request, headers, token });
      assert.ok(
        answer.statusCode < 300 || [409, 422].includes(answer.statusCode),
        `${operation.id}: ${answer.statusCode} ${answer.body}`,
      );
    }
  });
});

const ranks: Readonly<Record<string, number>> = { GET: 0, POST: 1, PATCH: 2, DELETE: 3 };

/** What deletes comes last, and parts before the whole. */
function readsFirst(a: Operation, b: Operation): number {
  const byMethod = (ranks[a.method] ?? 0) - (ranks[b.method] ?? 0);
  return byMethod !== 0 || a.method !== 'DELETE' ? byMethod : b.url.length - a.url.length;
}

/** A problem without what differs each time. */
function withoutOccurrence({ id: _id, occurredAt: _at, instance: _instance, ...rest }: Record<string, unknown>) {
  return rest;
}

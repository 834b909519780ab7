import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { type Scope, scopes } from '../../src/modules/access/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
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

/**
 * The matrix operation x denial, made from the table of routes: no token, a bad one, the wrong scope, the wrong role,
 * another institution, an audience that is not shared. A route without a sample fails it.
 */
forEachEngine((engine) => {
  let bank: TestApp;
  let operations: readonly Operation[];
  let resources: Resources;

  before(async () => {
    bank = await startTestApp(engine);
    await bank.app.ready();
    await bank.jobs.start();
    operations = operationsOf(bank);
    resources = await seedResources(bank);
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
      const headers = { ...request.headers, 'institution-id': 'OTHERBNK' };
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
      const answer = await bank.send({ ...requestOf(operation, resources), token });
      await expectNothing(operation, { answer, token, expected: sampleOf(operation).foreign });
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
      const answer = await bank.send({ ...requestOf(operation, resources), token });
      await expectNothing(operation, { answer, token, expected: sampleOf(operation).unshared });
    }
  });

  async function expectNothing(
    operation: Operation,
    is: { answer: LightMyRequestResponse; token: string; expected: 'notFound' | 'empty' | 'own' | undefined },
  ): Promise<void> {
    const { answer, token, expected } = is;
    const said = `${operation.id}: ${answer.statusCode} ${answer.body}`;
    if (expected === 'empty') {
      assert.deepEqual([answer.statusCode, answer.json().items, answer.json().count], [200, [], 0], said);
    } else if (expected === 'own') {
      assert.ok(answer.statusCode < 300 || [409, 422].includes(answer.statusCode), said);
      for (const id of [institutionId, ...Object.values(resources)]) assert.ok(!answer.body.includes(id), said);
    } else {
      assert.equal(answer.statusCode, 404, said);
      const nowhere = Object.fromEntries(Object.keys(resources).map((name) => [name, 'f'.repeat(20)]));
      const absent = await bank.send({ ...requestOf(operation, nowhere), token });
      assert.deepEqual(withoutOccurrence(answer.json()), withoutOccurrence(absent.json()), operation.id);
    }
  }

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

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RouteOptions } from 'fastify';
import { ruleOf, type Scope, scopes } from '../../src/modules/access/index.ts';
import { startTestApp, type TestApp, type TestRequest } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { seedAudience, seedCustomers, seededId } from './audience-data.ts';
import { importList } from './import-data.ts';

/** A method that tests can inject. */
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';

/** Resources of the institution by the name under which addresses and queries refer to them. */
type Resources = Readonly<Record<string, string>>;

interface Operation {
  readonly id: string;
  readonly method: Method;
  readonly url: string;
  readonly scope: Scope;
  readonly route: RouteOptions;
}

/** What an operation needs besides its address to be understood, so that only the resource is wrong. */
const samples: Readonly<Record<string, (resources: Resources) => Partial<TestRequest>>> = {
  patchCustomerAudience: () => ({ json: { description: 'x' }, headers: { 'if-match': '*' } }),
  deleteCustomerAudience: () => ({ headers: { 'if-match': '*' } }),
  createCustomerLoad: () => ({ headers: { 'content-type': 'text/csv' }, payload: 'coreCustomerId\n' }),
  editImportedCustomers: () => ({
    json: { identifierType: 'coreCustomerId', content: btoa('CORE-2'), fileName: 'list.csv', mode: 'add' },
  }),
};

forEachEngine((engine) => {
  let bank: TestApp;
  let operations: readonly Operation[];
  let resources: Resources;

  before(async () => {
    bank = await startTestApp(engine);
    await bank.app.ready();
    operations = bank.app.routeTable.flatMap(operationOf);
    await seedCustomers(bank, 3);
    const { id: customerAudienceId } = await seedAudience(bank, { name: 'Seeded', members: [0, 1] });
    const load = await bank.send({
      method: 'POST',
      url: '/service/customerLoads?mode=upsert',
      headers: { 'content-type': 'text/csv' },
      payload: 'coreCustomerId,customerType\nLOADED-1,retail\n',
    });
    const imported = (await importList(bank, 'CORE-1\n', { identifierType: 'coreCustomerId' })).json();
    resources = {
      customerId: seededId(0),
      customerAudienceId,
      customerAudience: customerAudienceId,
      importId: imported.import.id,
      customerLoadId: load.json().id,
      // No resource, but every load must say it.
      mode: 'upsert',
    };
  });
  after(() => bank.close());

  test('there are operations to try', () => {
    assert.ok(operations.length > 10);
  });

  test('without a token, or with a bad one: 401, with an error code only for the bad one', async () => {
    for (const operation of operations) {
      const none = await bank.send({ ...requestOf(operation, resources), token: null });
      assert.deepEqual(
        [none.statusCode, none.headers['www-authenticate']],
        [401, 'Bearer realm="rollcall"'],
        operation.id,
      );
      const headers = { authorization: `Bearer rollcall_${'A'.repeat(43)}` };
      const bad = await bank.send({ ...requestOf(operation, resources), token: null, headers });
      assert.equal(bad.statusCode, 401, operation.id);
      assert.equal(bad.headers['www-authenticate'], 'Bearer realm="rollcall", error="invalid_token"', operation.id);
      assert.equal(bad.json().type, '/errors/unauthorized/v1.0.0', operation.id);
    }
  });

  test('with every scope but the one: 403 that names it, and an entry in the audit trail', async () => {
    const tokens = new Map<Scope, string>();
    for (const scope of scopes) {
      tokens.set(scope, await bank.createToken({ scopes: scopes.filter((other) => other !== scope) }));
    }
    for (const operation of operations) {
      const answer = await bank.send({
        ...requestOf(operation, resources),
        token: tokens.get(operation.scope) ?? null,
      });
      assert.equal(answer.statusCode, 403, operation.id);
      const challenge = `Bearer realm="rollcall", error="insufficient_scope", scope="${operation.scope}"`;
      assert.equal(answer.headers['www-authenticate'], challenge, operation.id);
      assert.equal(answer.json().type, '/errors/forbidden/v1.0.0', operation.id);
    }
    const denied = await bank.database.asOperator((tx) =>
      tx.db.selectFrom('audit_entry').select(['operation', 'detail']).where('outcome', '=', 'denied').execute(),
    );
    assert.deepEqual(denied.map((entry) => entry.operation).toSorted(), operations.map(({ id }) => id).toSorted());
  });

  test('with the token of another institution than Institution-Id names: 403', async () => {
    for (const operation of operations) {
      const headers = { 'institution-id': 'OTHERBNK' };
      const answer = await bank.send({ ...requestOf(operation, resources), headers });
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

  test('a resource of another institution is 404, exactly as one that does not exist', async () => {
    const tried = operations.filter((operation) => namesResource(operation));
    assert.ok(tried.length > 8);
    for (const operation of tried) {
      const foreign = await bank.send({ ...requestOf(operation, resources), token: bank.tokens.other });
      assert.equal(foreign.statusCode, 404, `${operation.id}: ${foreign.body}`);
      const nowhere = mapValues(resources, () => 'f'.repeat(20));
      const absent = await bank.send({ ...requestOf(operation, nowhere), token: bank.tokens.other });
      assert.deepEqual(withoutOccurrence(foreign.json()), withoutOccurrence(absent.json()), operation.id);
    }
  });

  test('the same requests with the right token find the resource', async () => {
    // After the others: these delete and edit.
    const tried = operations.filter((operation) => namesResource(operation));
    for (const operation of tried.toSorted((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))) {
      const request = { ...requestOf(operation, resources) };
      if (operation.route.config?.produces?.[0] === 'text/event-stream') continue;
      const answer = await bank.send(request);
      assert.ok(
        answer.statusCode < 300 || answer.statusCode === 409,
        `${operation.id}: ${answer.statusCode} ${answer.body}`,
      );
    }
  });
});

function operationOf(route: RouteOptions): Operation[] {
  const scope = route.config?.right && ruleOf(route.config.right).scope;
  const method = methodOf(route.method);
  const id = route.schema?.operationId;
  return scope === undefined || method === undefined || id === undefined
    ? []
    : [{ id, method, url: route.url, scope, route }];
}

function methodOf(method: RouteOptions['method']): Method | undefined {
  return (['GET', 'POST', 'PATCH', 'DELETE', 'PUT'] as const).find((name) => name === method);
}

/** The operation's own request about these resources. */
function requestOf(operation: Operation, resources: Resources): TestRequest {
  const address = operation.url.replaceAll(/:([A-Za-z]+)/g, (_match, name: string) => resourceOf(resources, name));
  const references = requiredQuery(operation).map((name) => `${name}=${resourceOf(resources, name)}`);
  const url = references.length === 0 ? address : `${address}?${references.join('&')}`;
  return { method: operation.method, url, ...samples[operation.id]?.(resources) };
}

/** A new kind of resource needs a line in `before`. */
function resourceOf(resources: Resources, name: string): string {
  const id = resources[name];
  if (id === undefined) throw new Error(`this test has no resource for ${name}`);
  return id;
}

function requiredQuery({ route }: Operation): readonly string[] {
  const query = route.schema?.querystring;
  if (typeof query !== 'object' || query === null || !('required' in query)) return [];
  return Array.isArray(query.required) ? query.required : [];
}

function namesResource(operation: Operation): boolean {
  return operation.url.includes('/:') || requiredQuery(operation).includes('customerAudience');
}

function mapValues(record: Resources, change: () => string): Resources {
  return Object.fromEntries(Object.keys(record).map((name) => [name, change()]));
}

/** A problem without what differs each time. */
function withoutOccurrence({ id: _id, occurredAt: _at, instance: _instance, ...rest }: Record<string, unknown>) {
  return rest;
}

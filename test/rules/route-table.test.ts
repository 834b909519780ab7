import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { RouteOptions } from 'fastify';
import { absentDependencies } from '../../scripts/absent-dependencies.ts';
import { type App, buildApp } from '../../src/app.ts';
import { createValidatorCompiler } from '../../src/http/validation.ts';
import { ruleOf } from '../../src/modules/access/index.ts';
import { isOpenToPassword } from '../../src/modules/people/index.ts';

let app: App;
let routes: readonly RouteOptions[];

before(async () => {
  app = await buildApp(absentDependencies());
  await app.ready();
  routes = app.routeTable.filter(({ method }) => method !== 'HEAD');
});
after(() => app.close());

/** Addresses of the embedded issuer: what they take and answer stands in the standards of OAuth and OpenID Connect. */
/** Of people and their browsers: behind a cookie, not behind a token. */
const isOfSignIn = ({ url }: RouteOptions) => /^\/(?:account|sign-in|signed-out|session)(?:[/.]|$)/.test(url);
/** The one page of the portal under each address of a view; what stands in the query is its own. */
const isOfPortal = ({ url }: RouteOptions) =>
  /^\/(?:$|(?:audiences|import|build|templates|operations|help)(?:\/\*)?$|assets\/:file$)/.test(url);
const isOfIssuer = ({ url }: RouteOptions) => /^\/(?:oidc|\.well-known)\//.test(url);
const nameOf = (route: RouteOptions) => `${String(route.method)} ${route.url}`;

test('there are routes to look at', () => {
  assert.ok(routes.filter(({ url }) => url.startsWith('/service/')).length > 10);
});

test('every route has an operation id of its own, and what is described has words', () => {
  const ids = routes.map(({ schema }) => schema?.operationId ?? '');
  assert.equal(new Set(ids).size, routes.length);
  for (const route of routes) {
    assert.match(route.schema?.operationId ?? '', /^[a-z][A-Za-z]{2,60}$/, nameOf(route));
    if (route.schema?.hide === true) continue;
    assert.ok((route.schema?.summary ?? '') !== '', `${nameOf(route)}: summary`);
    assert.ok((route.schema?.tags ?? []).length > 0, `${nameOf(route)}: tags`);
  }
});

test('every tag is described', () => {
  const described = new Set((app.swagger().tags ?? []).map(({ name }) => name));
  for (const route of routes) {
    for (const tag of route.schema?.tags ?? []) assert.ok(described.has(tag), `${nameOf(route)}: ${tag}`);
  }
});

test('every route has one right or is public, and nothing under /service is public', () => {
  for (const route of routes) {
    const { right, public: isPublic } = route.config ?? {};
    const scope = right && ruleOf(right).scope;
    assert.notEqual(right === undefined, isPublic === undefined, nameOf(route));
    assert.equal(route.url.startsWith('/service/'), scope !== undefined, nameOf(route));
    // Whoever loads the base may watch the loads, without the right to browse the base.
    const watchesLoads = /^\/service\/(?:customer|account)Loads/.test(route.url);
    const isRead = route.method === 'GET' && !watchesLoads;
    const reads = isRead ? /^(?:bankingAdmin|identity|customers)\/read$/ : /\/write$/;
    if (scope !== undefined) assert.match(scope, reads, nameOf(route));
  }
});

test('whoever hands out or takes away access has just signed in, by more than a password', () => {
  const marked = routes.filter(({ config }) => config?.freshSignIn === true);
  const managing = routes.filter(({ config }) => config?.right === 'manageAccess');
  assert.ok(managing.length > 15);
  assert.deepEqual(marked.map(nameOf).toSorted(), managing.map(nameOf).toSorted());
  for (const route of marked) {
    assert.ok(Object.keys(objectOf(route.schema?.response)).includes('401'), nameOf(route));
    // The rule about second factors holds for every role that opens it, so nobody is asked for what they need not have.
    for (const role of ruleOf(route.config?.right ?? 'readSettings').roles) assert.ok(!isOpenToPassword([role]), role);
  }
});

test('every status that a route answers has a schema', () => {
  for (const route of routes) {
    const statuses = Object.keys(objectOf(route.schema?.response));
    assert.ok(
      statuses.some((status) => /^[23]/.test(status)),
      `${nameOf(route)}: success`,
    );
    for (const status of ['400', '406', '500', '503'])
      assert.ok(statuses.includes(status), `${nameOf(route)}: ${status}`);
    if (route.config?.right !== undefined)
      assert.ok(statuses.includes('401') && statuses.includes('403'), nameOf(route));
    if (route.url.includes('/:')) assert.ok(statuses.includes('404'), `${nameOf(route)}: 404`);
    if (route.schema?.body !== undefined)
      assert.ok(statuses.includes('413') && statuses.includes('415'), nameOf(route));
    if ('dryRun' in objectOf(objectOf(route.schema?.querystring).properties)) {
      assert.ok(statuses.includes('204'), `${nameOf(route)}: 204 of a dry run`);
    }
  }
});

test('every parameter of an address is declared, every query and body is closed, every value is bounded', () => {
  for (const route of routes) {
    const inAddress = [...route.url.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name);
    assert.deepEqual(
      Object.keys(objectOf(objectOf(route.schema?.params).properties)).sort(),
      inAddress.sort(),
      nameOf(route),
    );
    assert.deepEqual(looseParts(route.schema?.params, 'params'), [], nameOf(route));
    // RFC 6749 section 3.1: parameters that nobody knows are passed over; the header bounds them.
    const query = isOfIssuer(route) || isOfPortal(route) ? [] : looseParts(route.schema?.querystring, 'query');
    assert.deepEqual(query, [], nameOf(route));
    // A streamed body is bounded by its reader.
    if (route.config?.streamed !== true) assert.deepEqual(looseParts(route.schema?.body, 'body'), [], nameOf(route));
  }
});

test('numbers in queries, paths and headers are plain decimal on every route', () => {
  const compile = createValidatorCompiler(app.getSchemas());
  const found: string[] = [];
  for (const route of routes) {
    for (const [httpPart, part] of [
      ['querystring', route.schema?.querystring],
      ['params', route.schema?.params],
      ['headers', route.schema?.headers],
    ] as const) {
      const properties = Object.entries(objectOf(objectOf(part).properties));
      for (const [name, property] of properties) {
        const { type, minimum, items } = objectOf(property);
        const ofItem = objectOf(items);
        if (![type, ofItem.type].some((one) => one === 'integer' || one === 'number')) continue;
        found.push(`${nameOf(route)} ${name}`);
        const least = Number(minimum ?? ofItem.minimum);
        const schema = { type: 'object', properties: { [name]: property } };
        const validate = compile({ schema, httpPart });
        assert.equal(validate({ [name]: String(least) }), true, `${nameOf(route)} ${name}`);
        for (const text of [`${least}e0`, `${least}.0`, ` ${least}`, `+${least}`, '0x1', '1e0']) {
          assert.equal(validate({ [name]: text }), false, `${nameOf(route)} ${name}=${text}`);
        }
      }
    }
  }
  assert.ok(found.length > 5, found.join());
});

test('every schema is one of JSON Schema, which the server itself does not look at', () => {
  const ajv = new Ajv2020({ allErrors: true });
  for (const route of routes) {
    const { params, querystring, headers, body, response } = route.schema ?? {};
    const parts = [params, querystring, headers, body, ...Object.values(objectOf(response)).flatMap(contentSchemas)];
    for (const part of parts.filter((schema) => schema !== undefined)) {
      assert.ok(ajv.validateSchema(objectOf(part)), `${nameOf(route)}: ${ajv.errorsText()}`);
    }
  }
  assert.equal(ajv.validateSchema({ type: 'text' }), false, 'what is wrong is found');
});

test('a loose schema is found', () => {
  const open = {
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'array', items: { type: 'integer' } } },
  };
  assert.deepEqual(looseParts(open, 'x'), ['x: open object', 'x.a: string', 'x.b: array', 'x.b[]: number']);
  const closed = { type: 'object', additionalProperties: false, properties: { a: { type: 'string', maxLength: 4 } } };
  assert.deepEqual(looseParts(closed, 'x'), []);
});

test('the pages of problems, the reference and the health of the process are public, and nothing else is', () => {
  const open = routes
    .filter((route) => route.config?.public === true && !isOfIssuer(route) && !isOfSignIn(route) && !isOfPortal(route))
    .map(({ url }) => url);
  assert.deepEqual(open.toSorted(), [
    '/docs',
    '/docs/js/scalar.js',
    '/docs/js/start.js',
    '/errors/:problemName/v1.0.0',
    '/errors/problem.css',
    '/healthz',
    '/openapi.json',
    '/readyz',
  ]);
});

test('the pages of signing in and the session check for themselves who comes', () => {
  assert.deepEqual(routes.filter(isOfSignIn).map(nameOf).toSorted(), [
    'GET /account',
    'GET /account/authenticator',
    'GET /account/password',
    'GET /account/recovery-codes',
    'GET /account/sessions',
    'GET /session',
    'GET /session/callback',
    'GET /session/complete',
    'GET /session/sign-in',
    'GET /sign-in.css',
    'GET /sign-in/:uid',
    'GET /sign-in/:uid/authenticator',
    'GET /sign-in/:uid/code',
    'GET /sign-in/:uid/recovery-code',
    'GET /sign-in/:uid/recovery-codes',
    'GET /sign-in/link/:token',
    'GET /sign-in/ready',
    'GET /signed-out',
    'POST /account/authenticator',
    'POST /account/authenticator/code',
    'POST /account/password',
    'POST /account/recovery-codes',
    'POST /account/sessions',
    'POST /account/sign-out',
    'POST /session/institution',
    'POST /session/sign-out',
    'POST /session/sign-out-everywhere',
    'POST /sign-in/:uid',
    'POST /sign-in/:uid/authenticator',
    'POST /sign-in/:uid/code',
    'POST /sign-in/:uid/recovery-code',
    'POST /sign-in/:uid/recovery-codes',
    'POST /sign-in/link/:token',
  ]);
});

test('the issuer is public, outside our description, and answers these addresses only', () => {
  const ofIssuer = routes.filter(isOfIssuer);
  for (const route of ofIssuer) {
    assert.equal(route.config?.public, true, nameOf(route));
    assert.equal(route.schema?.hide, true, nameOf(route));
  }
  assert.deepEqual(ofIssuer.map(nameOf).toSorted(), [
    'GET /.well-known/oauth-authorization-server/oidc',
    'GET /oidc/.well-known/openid-configuration',
    'GET /oidc/auth',
    'GET /oidc/auth/:uid',
    'GET /oidc/jwks',
    'GET /oidc/session/end',
    'GET /oidc/session/end/success',
    'POST /oidc/session/end/confirm',
    'POST /oidc/token',
    'POST /oidc/token/introspection',
    'POST /oidc/token/revocation',
  ]);
});

/** Of an answer: its schema, or those of its media types. */
function contentSchemas(answer: unknown): readonly unknown[] {
  const { content } = objectOf(answer);
  return content === undefined ? [answer] : Object.values(objectOf(content)).map((media) => objectOf(media).schema);
}

/** Parts of a request's schema that have no bound: text, lists, numbers without end, objects with any name. */
function looseParts(schema: unknown, place: string): string[] {
  const { type, properties, items, additionalProperties, anyOf, ...rest } = objectOf(schema);
  const loose: string[] = [];
  const bounded = (...names: string[]) => names.some((name) => name in rest);
  if (type === 'object' && additionalProperties !== false) loose.push(`${place}: open object`);
  if (type === 'string' && !bounded('maxLength', 'enum', 'const', 'format') && !isShort(rest.pattern))
    loose.push(`${place}: string`);
  if (type === 'array' && !bounded('maxItems')) loose.push(`${place}: array`);
  if ((type === 'integer' || type === 'number') && !(bounded('minimum') && bounded('maximum')))
    loose.push(`${place}: number`);
  for (const [name, part] of Object.entries(objectOf(properties))) loose.push(...looseParts(part, `${place}.${name}`));
  if (items !== undefined) loose.push(...looseParts(items, `${place}[]`));
  for (const part of Array.isArray(anyOf) ? anyOf : []) loose.push(...looseParts(part, place));
  return loose;
}

/** A pattern from end to end without `*` or `+` bounds the text itself. */
function isShort(pattern: unknown): boolean {
  return typeof pattern === 'string' && /^\^[^*+]*\$$/.test(pattern);
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

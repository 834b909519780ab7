import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { buildProbeApp } from '../support/probe-app.ts';

const probe = await buildProbeApp();
const { app } = probe;
after(() => app.close());

const all = { authorization: 'Bearer all' };
const json = { ...all, 'content-type': 'application/json' };

/** The fields of a problem that a test looks at; throws when the answer is none. */
async function problemOf(request: InjectOptions) {
  const answer = await app.inject(request);
  assert.equal(answer.headers['content-type'], 'application/problem+json', answer.body);
  const problem = answer.json();
  assert.equal(problem.status, answer.statusCode);
  assert.match(problem.id, /^[0-9a-f]{20}$/);
  assert.match(problem.occurredAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(problem.title.length <= 120 && (problem.detail ?? '').length <= 256);
  const name = /^\/errors\/(\w+)\/v1\.0\.0$/.exec(problem.type)?.[1];
  return { ...problem, name, headers: answer.headers, text: answer.body };
}

test('nothing under /service answers without a token, not even that it does not exist', async () => {
  for (const [method, url] of [
    ['GET', '/service/probes'],
    ['GET', '/service/probes?unknown=1'],
    ['DELETE', '/service/probes'],
    ['GET', '/service/nothing'],
    ['GET', '/service'],
    ['GET', '/%73ervice/probes'],
    ['GET', '/service/probes/'],
  ] as const) {
    const problem = await problemOf({ method, url });
    assert.equal(problem.name, 'unauthorized', url);
    assert.equal(problem.headers['www-authenticate'], 'Bearer realm="rollcall"', url);
  }
});

test('without its audit entry a denial is not answered', async () => {
  // The database of this application refuses.
  const problem = await problemOf({ url: '/service/probes', headers: { authorization: 'Bearer identity/read' } });
  assert.equal(problem.name, 'serviceUnavailable');
  assert.deepEqual(probe.denials, ['DEMOBANK']);
});

test('an unknown name is shown by its place only', async () => {
  const query = await problemOf({ url: '/service/probes?123456789=1&limit=5', headers: all });
  assert.equal(query.name, 'badRequest');
  assert.deepEqual(query.attributes, { in: 'query', pointer: '', allowed: ['start', 'limit'] });

  const payload = { name: 'a', 'secret-value-123': 1, place: { city: 'x', 'secret-value-123': 2 } };
  const body = await problemOf({ method: 'POST', url: '/service/probes', headers: json, payload });
  const places = body.problems.map((part: { attributes: unknown }) => part.attributes);
  assert.deepEqual(places, [
    { in: 'body', pointer: '', allowed: ['name', 'tags', 'place', 'either'] },
    { in: 'body', pointer: '/place', allowed: ['city', 'kind'] },
  ]);
  assert.ok(!body.text.includes('secret-value'));
});

test('a body is taken as it is: nothing is coerced, removed or repeated', async () => {
  const faults: [unknown, string, RegExp][] = [
    [{ name: 5 }, '/name', /must be string/],
    [{ name: 'secret-value-123' }, '/name', /must NOT have more than 5 characters/],
    [{}, '', /must have name/],
    [{ name: 'a', tags: 'x' }, '/tags', /must be array/],
    [{ name: 'a', tags: ['x', 1] }, '/tags/1', /must be string/],
    [{ name: 'a', place: { city: 'x', kind: 'secret-value-123' } }, '/place/kind', /one of the values/],
    [{ name: 'a', either: 'secret-value-123' }, '/either', /none of the allowed forms/],
    [[], '', /must be object/],
    [null, '', /must be object/],
  ];
  for (const [payload, pointer, detail] of faults) {
    const text = JSON.stringify(payload);
    const problem = await problemOf({ method: 'POST', url: '/service/probes', headers: json, payload: text });
    assert.equal(problem.name, 'badRequest', text);
    assert.equal(problem.attributes.pointer, pointer, text);
    assert.match(problem.detail, detail);
    assert.ok(!problem.text.includes('secret-value'), text);
  }
});

test('what is no JSON in UTF-8, or holds what no database stores, is a bad request', async () => {
  const bodies = [
    '',
    '{',
    '{"name":"secret-value-123"',
    '{"name":"a"} x',
    '{"__proto__":{"x":1},"name":"a"}',
    '{"name":"a","constructor":{"prototype":{}}}',
    '{"name":"\\u0000"}',
    '{"name":"\\ud800"}',
    `{"name":${'['.repeat(40)}${']'.repeat(40)}}`,
    `${'['.repeat(100_000)}`,
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  ];
  for (const payload of bodies) {
    const problem = await problemOf({ method: 'POST', url: '/service/probes', headers: json, payload });
    assert.equal(problem.name, 'badRequest', String(payload).slice(0, 40));
    assert.ok(!problem.text.includes('secret-value'));
  }
  const query = await problemOf({ url: '/service/probes?start=%00', headers: all });
  assert.equal(query.name, 'badRequest');
});

test('numbers and flags in a query are read, and only they', async () => {
  const answer = await app.inject({ url: '/service/probes?limit=7', headers: all });
  assert.deepEqual(answer.json(), { limit: 7 });
  assert.deepEqual((await app.inject({ url: '/service/probes', headers: all })).json(), { limit: 100 });
  for (const query of ['limit=x', 'limit=1001', 'limit=-1', 'limit=5.5', 'limit=1&limit=2', 'start=', 'start=a%20b']) {
    assert.equal((await problemOf({ url: `/service/probes?${query}`, headers: all })).name, 'badRequest', query);
  }
  for (const number of ['1e2', '0x10', '5.0', '%2B5', '+5', '%205', '5%20', '-0', '']) {
    const problem = await problemOf({ url: `/service/probes?limit=${number}`, headers: all });
    assert.deepEqual(
      [problem.name, problem.detail, problem.attributes],
      ['badRequest', '/limit of the query must be integer.', { in: 'query', pointer: '/limit' }],
      number,
    );
  }
});

test('a dry run is seen by the handler', async () => {
  const run = async (query: string) =>
    (
      await app.inject({ method: 'POST', url: `/service/probes${query}`, headers: json, payload: '{"name":"a"}' })
    ).json();
  assert.deepEqual(await run('?dryRun=true'), { body: { name: 'a' }, dryRun: true, institution: 'DEMOBANK' });
  assert.equal((await run('?dryRun=false')).dryRun, false);
  assert.equal((await run('')).dryRun, false);
});

test('JSON Merge Patch is for PATCH, other types are 415', async () => {
  const url = '/service/probes/0399abedfd3d5e10c2aa';
  const payload = '{"description":null}';
  const merge = { ...all, 'content-type': 'application/merge-patch+json' };
  assert.deepEqual((await app.inject({ method: 'PATCH', url, headers: merge, payload })).json(), { description: null });
  assert.equal((await app.inject({ method: 'PATCH', url, headers: json, payload })).statusCode, 200);
  const post = await problemOf({ method: 'POST', url: '/service/probes', headers: merge, payload });
  assert.equal(post.name, 'unsupportedMediaType');
  for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x']) {
    const problem = await problemOf({ method: 'PATCH', url, headers: { ...all, 'content-type': type }, payload });
    assert.equal(problem.name, 'unsupportedMediaType', type);
  }
});

test('405 names the methods, 406 the types, 404 what is not there, 413 what is too large', async () => {
  const method = await problemOf({ method: 'DELETE', url: '/service/probes', headers: all });
  assert.equal(method.name, 'methodNotAllowed');
  assert.equal((await problemOf({ method: 'POST', url: '/healthz' })).headers.allow, 'GET, HEAD');

  const type = await problemOf({ url: '/service/probes', headers: { ...all, accept: 'image/png' } });
  assert.equal(type.name, 'notAcceptable');
  assert.deepEqual(type.attributes.allowed, ['application/json', 'text/csv']);
  const csv = await app.inject({ url: '/service/probes', headers: { ...all, accept: 'text/csv;q=0.9, */*;q=0.1' } });
  assert.equal(csv.headers['x-accepted'], 'text/csv');
  assert.equal(csv.headers.vary, 'Accept');

  const payload = JSON.stringify({ name: 'x'.repeat(300_000) });
  assert.equal(
    (await problemOf({ method: 'POST', url: '/service/probes', headers: json, payload })).name,
    'payloadTooLarge',
  );
  for (const url of ['/service/nothing', '/service/probes/short', `/service/probes/${'x'.repeat(300)}`]) {
    const problem = await problemOf({ method: 'PATCH', url, headers: json, payload: '{"description":null}' });
    assert.equal(problem.name, 'notFound', url);
    // What somebody typed into an address may be a customer's number.
    assert.equal(problem.instance, undefined, url);
  }
  assert.equal((await problemOf({ url: '/service/%zz', headers: all })).name, 'badRequest');
});

test('a problem names the path of a resource, without the query', async () => {
  const url = '/service/probes/0399abedfd3d5e10c2aa';
  const problem = await problemOf({ method: 'PATCH', url: `${url}?x=1`, headers: json, payload: '{"description":""}' });
  assert.equal(problem.instance, url);
});

test('an unknown error is 500 without its message, in the answer and in the log', async () => {
  for (const kind of ['json', '23505', 'EVALUE', 'x']) {
    const problem = await problemOf({ url: `/service/failures/${kind}`, headers: all });
    assert.equal(problem.name, 'internalServerError', kind);
    assert.equal(problem.detail, undefined);
    const line = probe.log.find(
      (entry) => entry.includes(`"problemId":"${problem.id}"`) && entry.includes('request failed'),
    );
    assert.match(line ?? '', /"operation":"getFailure"/);
    assert.match(line ?? '', /probe-app\.ts/);
  }
  assert.equal((await problemOf({ url: '/service/failures/57P01', headers: all })).headers['retry-after'], '5');
  assert.ok(!probe.log.join('').includes('secret-value'));
});

test('one line a request: operation, status, time, institution; no address and no query', async () => {
  probe.log.splice(0);
  await app.inject({ url: '/service/probes?limit=7&start=secret-value-123', headers: all });
  await app.inject({ url: '/service/secret-value-123', headers: all });
  const lines = probe.log.map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ operation, status, institution, msg }) => ({ operation, status, institution, msg })),
    [
      { operation: 'listProbes', status: 200, institution: 'DEMOBANK', msg: 'request' },
      { operation: 'unknown', status: 404, institution: 'DEMOBANK', msg: 'request' },
    ],
  );
  for (const { ms } of lines) assert.ok(ms > 0, `${ms} ms`);
  assert.ok(!probe.log.join('').includes('secret-value'));
});

test('every answer has the security headers and an id of its own', async () => {
  for (const [url, headers] of [
    ['/healthz', {}],
    ['/service/probes', all],
    ['/service/probes', {}],
    ['/nothing', {}],
  ] as const) {
    const answer = await app.inject({ url, headers });
    assert.match(String(answer.headers['request-id']), /^[0-9a-f]{20}$/);
    assert.match(String(answer.headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/);
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.equal(answer.headers['referrer-policy'], 'no-referrer');
    assert.equal(answer.headers['x-frame-options'], 'DENY');
    assert.equal(answer.headers['x-powered-by'], undefined);
  }
  assert.equal((await app.inject({ url: '/service/probes', headers: all })).headers['cache-control'], 'no-store');
});

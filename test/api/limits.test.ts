import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { fastify } from 'fastify';
import { absentDependencies } from '../../scripts/absent-dependencies.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import type { Database } from '../../src/db/transaction.ts';
import { addPressureLimit } from '../../src/http/pressure.ts';
import { inProcessAddress } from '../../src/http/rate-limit.ts';
import type { Audit } from '../../src/modules/audit/index.ts';
import { buildProbeApp } from '../support/probe-app.ts';

const path = '/service/probes';
const withToken = { authorization: 'Bearer all' };

async function probe(settings: Record<string, string>) {
  return await buildProbeApp({ config: readConfig(settings) });
}

/** An audit trail that keeps the operations of its entries. */
function fakeTrail() {
  const entries: string[] = [];
  const database: Database = {
    ...absentDependencies().database,
    inInstitution: async (_institutionId, work) => await work(Object.create(null)),
  };
  const audit: Audit = { append: async (_tx, entry) => void entries.push(`${entry.operation} ${entry.outcome}`) };
  return { entries, trail: { database, audit } };
}

test('an address over its bound is told to wait, before its token is looked at; another one is not', async () => {
  const { app } = await probe({ ROLLCALL_RATE_PER_ADDRESS_MAX: '3' });
  const ask = (remoteAddress: string, headers = {}) => app.inject({ url: path, remoteAddress, headers });
  for (const left of ['2', '1', '0']) {
    const answer = await ask('192.0.2.1');
    assert.deepEqual([answer.statusCode, answer.headers['ratelimit-remaining']], [401, left]);
  }
  const refused = await ask('192.0.2.1', withToken);
  assert.equal(refused.statusCode, 429);
  assert.equal(refused.headers['content-type'], 'application/problem+json');
  const { type, detail } = refused.json();
  assert.equal(type, '/errors/tooManyRequests/v1.0.0');
  assert.equal(detail, 'More than 3 requests in a minute came from this address.');
  const wait = Number(refused.headers['retry-after']);
  assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= 60);
  assert.deepEqual([refused.headers['ratelimit-limit'], refused.headers['ratelimit-reset']], ['3', String(wait)]);
  assert.equal((await ask('192.0.2.2')).statusCode, 401);
  await app.close();
});

test('IPv6 addresses of one /64 network are one client, and mapped IPv4 is IPv4', async () => {
  const { app } = await probe({ ROLLCALL_RATE_PER_ADDRESS_MAX: '2' });
  const ask = async (remoteAddress: string) => (await app.inject({ url: path, remoteAddress })).statusCode;
  assert.deepEqual([await ask('2001:db8:0:1::1'), await ask('2001:db8:0:1:ffff::2')], [401, 401]);
  assert.equal(await ask('2001:db8:0:1::3'), 429);
  assert.equal(await ask('2001:db8:0:2::1'), 401);
  assert.deepEqual([await ask('::ffff:192.0.2.1'), await ask('192.0.2.1'), await ask('192.0.2.1')], [401, 401, 429]);
  await app.close();
});

test('probes and what the process sends to itself are not counted', async () => {
  const { app } = await probe({ ROLLCALL_RATE_PER_ADDRESS_MAX: '1' });
  for (let times = 0; times < 4; times += 1) {
    assert.equal((await app.inject({ url: '/healthz' })).statusCode, 200);
    assert.equal((await app.inject({ url: path, remoteAddress: inProcessAddress })).statusCode, 401);
  }
  await app.close();
});

test('the doors have a bound of their own', async () => {
  const { app } = await probe({});
  const url = '/sign-in/nobody';
  const statuses = new Set<number>();
  for (let times = 0; times < 600; times += 1) {
    statuses.add((await app.inject({ url, remoteAddress: '192.0.2.3' })).statusCode);
  }
  assert.ok(!statuses.has(429));
  for (const door of [url, '/oidc/token', '/OIDC?x']) {
    const refused = await app.inject({ url: door, remoteAddress: '192.0.2.3' });
    assert.deepEqual([refused.statusCode, refused.headers['ratelimit-limit']], [429, '600'], door);
  }
  assert.equal((await app.inject({ url: path, remoteAddress: '192.0.2.3' })).statusCode, 401);
  await app.close();
});

test('an application over its bound waits, whatever addresses it comes from', async () => {
  const { app } = await probe({ ROLLCALL_RATE_PER_APPLICATION_MAX: '2' });
  const ask = (index: number) => app.inject({ url: path, headers: withToken, remoteAddress: `192.0.2.${index}` });
  assert.deepEqual([(await ask(1)).statusCode, (await ask(2)).statusCode], [200, 200]);
  const refused = await ask(3);
  assert.equal(refused.statusCode, 429);
  assert.equal(refused.json().detail, 'More than 2 requests in a minute came from this application.');
  assert.equal(refused.headers['cache-control'], 'no-store');
  await app.close();
});

test('denied calls count for the application too; over the bound no entry is written and no right is told', async () => {
  const { entries, trail } = fakeTrail();
  const config = readConfig({ ROLLCALL_RATE_PER_APPLICATION_MAX: '3' });
  const { app } = await buildProbeApp({ config, ...trail });
  const ask = (index: number, headers: Record<string, string>) =>
    app.inject({ url: path, headers, remoteAddress: `192.0.2.${index}` });
  const withoutRight = { authorization: 'Bearer identity/read' };
  for (const index of [1, 2, 3]) {
    const denied = await ask(index, withoutRight);
    assert.deepEqual([denied.statusCode, denied.headers['ratelimit-remaining']], [403, String(3 - index)]);
  }
  assert.deepEqual(entries, Array(3).fill('listProbes denied'));
  const held = await ask(4, withoutRight);
  assert.equal(held.statusCode, 429);
  assert.doesNotMatch(held.body + JSON.stringify(held.headers), /scope|role|customers/);
  const withRight = await ask(5, withToken);
  const { id: _id, occurredAt: _at, ...said } = held.json();
  const { id: _otherId, occurredAt: _otherAt, ...saidWithRight } = withRight.json();
  assert.deepEqual(saidWithRight, said, 'who has the right hears the same');
  assert.equal(entries.length, 3);
  await app.close();
});

test('callers who are known and refused count apart: they fill no trail, and take nothing from the application', async () => {
  const { entries, trail } = fakeTrail();
  const { app } = await buildProbeApp({ config: readConfig({ ROLLCALL_RATE_PER_APPLICATION_MAX: '2' }), ...trail });
  const ask = async (index: number, token: string) =>
    (await app.inject({ url: path, headers: { authorization: `Bearer ${token}` }, remoteAddress: `192.0.2.${index}` }))
      .statusCode;
  assert.deepEqual([await ask(1, 'ended'), await ask(2, 'ended'), await ask(3, 'ended')], [401, 401, 429]);
  assert.equal(entries.length, 2);
  assert.deepEqual([await ask(4, 'all'), await ask(5, 'all'), await ask(6, 'all')], [200, 200, 429]);
  await app.close();
});

test('X-Forwarded-For is believed of a trusted proxy only', async () => {
  const cases: [string, [string, string | number][]][] = [
    ['', [['198.51.100.7', '10.0.0.9']]],
    ['192.0.2.0/24', [['198.51.100.7', '10.0.0.9']]],
    [
      '192.0.2.1, 10.0.0.0/8',
      [
        ['198.51.100.7', '198.51.100.7'],
        // What the client had written stands before what the proxy added.
        ['203.0.113.1, 198.51.100.7', '198.51.100.7'],
        ['', '10.0.0.9'],
        ['123-45-6789', 400],
        ['unknown', 400],
      ],
    ],
  ];
  for (const [proxies, headers] of cases) {
    const { app } = await probe({ ROLLCALL_TRUSTED_PROXIES: proxies });
    app.get('/whence', { config: { public: true } }, async (request) => ({ ip: request.ip }));
    for (const [forwarded, expected] of headers) {
      const request = { url: '/whence', headers: { 'x-forwarded-for': forwarded }, remoteAddress: '10.0.0.9' };
      const answer = await app.inject(request);
      assert.equal(answer.statusCode === 200 ? answer.json().ip : answer.statusCode, expected, forwarded);
    }
    await app.close();
  }
});

test('settings that cannot be meant are refused', () => {
  for (const [name, value] of [
    ['ROLLCALL_TRUSTED_PROXIES', 'loopback'],
    ['ROLLCALL_TRUSTED_PROXIES', '10.0.0.0/8,,10.0.0.1'],
    ['ROLLCALL_CORS_ORIGINS', '*'],
    ['ROLLCALL_CORS_ORIGINS', 'https://portal.example/'],
    ['ROLLCALL_CORS_ORIGINS', 'https://PORTAL.example'],
    ['ROLLCALL_CORS_ORIGINS', 'null'],
    ['ROLLCALL_RATE_PER_ADDRESS_MAX', '0'],
    ['ROLLCALL_TLS_KEY_FILE', 'key.pem'],
  ] as const) {
    assert.throws(() => readConfig({ [name]: value }), ConfigError, `${name}=${value}`);
  }
});

test('an overloaded process answers 503, health excepted; one bad moment does not count', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const app = fastify();
  app.setErrorHandler((error, _request, reply) => reply.code(503).send({ name: String(error) }));
  await addPressureLimit(app, { heapUsedBytesMax: 1, sampleMs: 30 });
  app.get('/work', async () => 'done');
  app.get('/healthz', async () => 'alive');
  const statuses: number[] = [];
  for (let sample = 0; sample < 4; sample += 1) {
    statuses.push((await app.inject('/work')).statusCode);
    t.mock.timers.tick(30);
  }
  statuses.push((await app.inject('/work')).statusCode);
  assert.deepEqual(statuses, [200, 200, 200, 503, 503]);
  assert.equal((await app.inject('/healthz')).statusCode, 200);
  await app.close();
});

test('over a hundred header fields: 431', async () => {
  const { app } = await probe({});
  const headers = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`x-${index}`, '1']));
  const refused = await app.inject({ url: '/healthz', headers });
  assert.deepEqual([refused.statusCode, refused.json().type], [431, '/errors/requestHeaderFieldsTooLarge/v1.0.0']);
  await app.close();
});

test('a connection beyond the cap is closed, and a header that does not end is cut off in time', async () => {
  const { app } = await probe({ ROLLCALL_CONNECTIONS_MAX: '2' });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { server } = app;
  assert.deepEqual([server.maxConnections, server.headersTimeout, server.maxHeadersCount], [2, 15_000, 0]);
  assert.ok(server.requestTimeout > 0 && server.keepAliveTimeout > 60_000);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  const kept = [await open(), await open()];
  const beyond = await open();
  await once(beyond, 'close');
  kept[0]?.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  const [answer] = kept[0] === undefined ? [] : await once(kept[0], 'data');
  assert.ok(String(answer).startsWith('HTTP/1.1 200 '));
  for (const socket of kept) socket.destroy();
  await app.close();
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { validate } from '@scalar/openapi-parser';
import { absentDependencies } from '../../scripts/absent-dependencies.ts';
import { readConfig } from '../../src/config.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { createMetricsServer } from '../../src/http/metrics-server.ts';
import { packageRoot } from '../../src/lib/package-root.ts';
import { problemTypes } from '../../src/lib/problem.ts';
import { buildProbeApp, type ProbeApp } from '../support/probe-app.ts';

let probe: ProbeApp;
before(async () => {
  probe = await buildProbeApp();
});
after(() => probe.app.close());

const get = (url: string, headers: Record<string, string> = {}) => probe.app.inject({ url, headers });

test('every problem has its page at its type address, as HTML, Markdown and JSON', async () => {
  for (const [name, { status, title }] of Object.entries(problemTypes)) {
    const url = `/errors/${name}/v1.0.0`;
    const html = await get(url, { accept: 'text/html,*/*;q=0.8' });
    assert.equal(html.statusCode, 200, name);
    assert.equal(html.headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(html.headers.vary, 'Accept');
    assert.ok(html.body.includes(`<h1>${title}</h1>`), name);
    assert.doesNotMatch(html.body, /<script|style=/);

    const markdown = (await get(url, { accept: 'text/markdown' })).body;
    for (const heading of ['## What happened', '## What to do', '## Example'])
      assert.ok(markdown.includes(heading), name);
    const example = JSON.parse(/^\{[\s\S]*^\}$/m.exec(markdown)?.[0] ?? '');
    assert.deepEqual([example.type, example.status, example.title], [url, status, title]);
    assert.ok((example.detail ?? '').length <= 256, name);

    assert.deepEqual((await get(url, { accept: 'application/json' })).json(), {
      name,
      status,
      title,
      description: markdown,
    });
  }
  assert.equal((await get('/errors/constructor/v1.0.0')).statusCode, 404);
  assert.equal((await get('/errors/notFound/v2.0.0')).statusCode, 404);
});

test('the reference loads nothing but scripts of this server', async () => {
  const page = await get('/docs', { accept: 'text/html' });
  assert.equal(page.statusCode, 200);
  const policy = String(page.headers['content-security-policy']);
  assert.match(policy, /script-src 'self';/);
  assert.match(policy, /connect-src 'self';/);
  const scripts = [...page.body.matchAll(/<script\b([^>]*)>([^<]*)/g)];
  assert.equal(scripts.length, 2);
  for (const [, attributes = '', inline] of scripts) {
    assert.equal(inline, '');
    const source = /src="([^"]+)"/.exec(attributes)?.[1] ?? '';
    const script = await get(`/${source}`);
    assert.equal(script.statusCode, 200, source);
    assert.equal(script.headers['content-type'], 'text/javascript; charset=utf-8');
  }
  const start = (await get('/docs/js/start.js')).body;
  for (const setting of ['telemetry: false', 'withDefaultFonts: false', 'agent: { disabled: true }']) {
    assert.ok(start.includes(setting), setting);
  }
});

test('openapi.json in the repository is valid OpenAPI 3.1', async () => {
  const text = readFileSync(`${packageRoot()}/openapi.json`, 'utf8');
  const { valid, errors } = await validate(text);
  assert.deepEqual([valid, errors], [true, []]);
  const document = JSON.parse(text);
  assert.equal(document.openapi, '3.1.0');
  assert.ok(!/x-(?:component|streamed|problems|personal|secret)/.test(text));
  // A schema that could not be named would be here under a number.
  assert.ok(Object.keys(document.components.schemas).every((name) => /^[a-z][A-Za-z]+$/.test(name)));
});

test('the description that is served has the public address', async () => {
  const config = readConfig({ ROLLCALL_PUBLIC_URL: 'https://bank.example/rollcall/' });
  const { app } = await buildProbeApp({ config });
  const answer = await app.inject('/openapi.json');
  assert.deepEqual(answer.json().servers, [{ url: 'https://bank.example/rollcall' }]);
  assert.match(String(answer.headers['strict-transport-security']), /max-age/);
  const problem = (await app.inject('/nothing')).json();
  assert.equal(problem.type, 'https://bank.example/rollcall/errors/notFound/v1.0.0');
  await app.close();
});

test('health answers from memory while the database hangs; readiness says when it is lost or stops', async () => {
  const checked = Promise.withResolvers<void>();
  const absent = absentDependencies();
  const database = {
    ...absent.database,
    async inAuthentication(): Promise<never> {
      checked.resolve();
      throw new Error('lost');
    },
  };
  const { app } = await buildProbeApp({ database });
  assert.deepEqual((await app.inject('/healthz')).json(), { status: 'ok' });
  // The first question starts the check and does not wait for it.
  assert.deepEqual((await app.inject('/readyz')).json(), { status: 'ready' });
  await checked.promise;
  const lost = await app.inject('/readyz');
  assert.equal(lost.statusCode, 503);
  assert.equal(lost.headers['retry-after'], '5');
  assert.equal((await app.inject('/healthz')).statusCode, 200);
  await app.close();

  const hanging = { ...absent.database, inAuthentication: () => new Promise<never>(() => {}) };
  const other = await buildProbeApp({ database: hanging });
  for (let time = 0; time < 3; time += 1) assert.equal((await other.app.inject('/readyz')).statusCode, 200);
  await other.app.close();
});

test('metrics have a server of their own, and count by operation and status class', async () => {
  const metrics = createMetrics();
  const { app } = await buildProbeApp({ metrics });
  await app.inject('/healthz');
  await app.inject('/healthz?x=1');
  await app.inject('/secret-value-123');
  metrics.countImportedLines('matched', 5);
  assert.equal((await app.inject('/metrics')).statusCode, 404);
  await app.close();

  const server = createMetricsServer(metrics).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const answer = await fetch(`${base}/metrics`);
  const text = await answer.text();
  assert.match(String(answer.headers.get('content-type')), /^text\/plain; version=0\.0\.4/);
  assert.match(text, /^rollcall_http_requests_total\{operation="getHealth",status="2xx"\} 1$/m);
  assert.match(text, /^rollcall_http_requests_total\{operation="getHealth",status="4xx"\} 1$/m);
  assert.match(text, /^rollcall_http_request_duration_seconds_count\{operation="getHealth"\} 2$/m);
  assert.match(text, /^rollcall_import_lines_total\{outcome="matched"\} 5$/m);
  assert.match(text, /^nodejs_eventloop_lag_p99_seconds /m);
  assert.ok(!text.includes('secret-value'));
  assert.equal((await fetch(`${base}/`)).status, 404);
  server.close();
  server.closeAllConnections();
});

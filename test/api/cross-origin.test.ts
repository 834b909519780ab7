import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readConfig } from '../../src/config.ts';
import { buildProbeApp, type ProbeApp } from '../support/probe-app.ts';

const origin = 'https://portal.example';
const url = '/service/probes';
const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };

let closed: ProbeApp;
let open: ProbeApp;
before(async () => {
  closed = await buildProbeApp();
  open = await buildProbeApp({
    config: readConfig({ ROLLCALL_CORS_ORIGINS: `${origin},http://localhost:5173` }),
  });
});
after(async () => {
  await closed.app.close();
  await open.app.close();
});

const corsHeaders = (headers: object) => Object.keys(headers).filter((name) => name.startsWith('access-control-'));

test('without the setting no origin is answered differently', async () => {
  const preflight = await closed.app.inject({ method: 'OPTIONS', url, headers: { origin, ...asked } });
  assert.deepEqual([preflight.statusCode, corsHeaders(preflight.headers)], [401, []]);
  const plain = await closed.app.inject({ url, headers: { origin, authorization: 'Bearer all' } });
  assert.deepEqual([plain.statusCode, corsHeaders(plain.headers)], [200, []]);
});

test('a preflight of an allowed origin is answered without a token, never with credentials', async () => {
  const { statusCode, headers, body } = await open.app.inject({
    method: 'OPTIONS',
    url,
    headers: { origin, ...asked },
  });
  assert.deepEqual([statusCode, body], [204, '']);
  assert.equal(headers['access-control-allow-origin'], origin);
  assert.match(String(headers['access-control-allow-headers']), /Authorization.*Reveal-Reason/);
  assert.match(String(headers['access-control-allow-methods']), /PATCH/);
  assert.equal(headers['access-control-allow-credentials'], undefined);
  assert.match(String(headers.vary), /\bOrigin\b/);
});

test('an answer to an allowed origin can be read by it, a problem too', async () => {
  for (const authorization of ['Bearer all', 'Bearer none']) {
    const { headers } = await open.app.inject({ url, headers: { origin, authorization } });
    assert.equal(headers['access-control-allow-origin'], origin);
    assert.match(String(headers['access-control-expose-headers']), /ETag.*Retry-After/);
    assert.equal(headers['cross-origin-resource-policy'], 'cross-origin');
    assert.match(String(headers.vary), /\bOrigin\b/);
  }
});

test('other origins, and what is no API, get nothing', async () => {
  for (const other of ['https://portal.example.evil', 'http://portal.example', 'https://PORTAL.example', 'null']) {
    const preflight = await open.app.inject({ method: 'OPTIONS', url, headers: { origin: other, ...asked } });
    assert.deepEqual([preflight.statusCode, corsHeaders(preflight.headers)], [401, []], other);
    assert.match(String(preflight.headers.vary), /\bOrigin\b/);
  }
  for (const page of ['/healthz', '/sign-in/x', '/session', '/docs']) {
    const answer = await open.app.inject({ url: page, headers: { origin } });
    assert.deepEqual(corsHeaders(answer.headers), [], page);
  }
  const options = await open.app.inject({ method: 'OPTIONS', url, headers: { origin } });
  assert.notEqual(options.statusCode, 204, 'an OPTIONS that is no preflight');
});

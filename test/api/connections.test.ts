import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { Type } from 'typebox';
import { readConfig } from '../../src/config.ts';
import { buildProbeApp, type ProbeApp } from '../support/probe-app.ts';

/** Longer than any test runs: what is not about a limit must not meet one on a loaded machine. */
const neverMs = 10 * 60_000;

/** A probe application that listens, with a route whose handler waits for `go`. */
async function listening({ stopTimeoutMs = neverMs, timeoutMs = neverMs } = {}) {
  const config = readConfig({ ROLLCALL_STOP_TIMEOUT_MS: String(stopTimeoutMs) });
  const probe: ProbeApp = await buildProbeApp({ config });
  const entered = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  probe.app.route({
    method: 'POST',
    url: '/waiting',
    config: { public: true, timeoutMs },
    schema: { operationId: 'wait', body: Type.Any(), response: { 200: Type.Any() } },
    handler: async () => {
      entered.resolve();
      await go.promise;
      return { done: true };
    },
  });
  await probe.app.listen({ host: '127.0.0.1', port: 0 });
  return { ...probe, entered: entered.promise, go: () => go.resolve() };
}

function open(probe: ProbeApp): { socket: Socket; answer: Promise<string> } {
  const address = probe.app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {});
  return { socket, answer: once(socket, 'close').then(() => text) };
}

function problemIn(answer: string) {
  assert.match(answer, /\r\ncontent-type: application\/problem\+json\r\n/i, answer);
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
}

const post = (body: string, length = body.length) =>
  `POST /waiting HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`;

test('what is no HTTP, and a header over 16 KiB, are problems, and the connection closes', async () => {
  const probe = await listening();
  const cases: [string, number, string][] = [
    ['hello\r\n\r\n', 400, 'badRequest'],
    ['GET / HTTP/1.1\r\nHost: x\r\nContent-Length: a\r\n\r\n', 400, 'badRequest'],
    ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400, 'badRequest'],
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(17 * 1024)}\r\n\r\n`, 431, 'requestHeaderFieldsTooLarge'],
  ];
  for (const [request, status, name] of cases) {
    const { socket, answer } = open(probe);
    socket.write(request);
    const text = await answer;
    assert.ok(text.startsWith(`HTTP/1.1 ${status} `), text);
    const problem = problemIn(text);
    assert.deepEqual([problem.status, problem.type], [status, `/errors/${name}/v1.0.0`]);
  }
  await probe.app.close();
});

test('a body that does not arrive is 408, a handler that does not end is 503', async () => {
  const probe = await listening({ timeoutMs: 400 });
  const slow = open(probe);
  slow.socket.write(post('{', 100));
  const late = await slow.answer;
  assert.ok(late.startsWith('HTTP/1.1 408 '), late);
  assert.match(late, /\r\nconnection: close\r\n/i);
  assert.equal(problemIn(late).type, '/errors/requestTimeout/v1.0.0');

  const stuck = open(probe);
  stuck.socket.write(post('{}'));
  const [chunk] = await once(stuck.socket, 'data');
  assert.ok(String(chunk).startsWith('HTTP/1.1 503 '), String(chunk));
  stuck.socket.destroy();
  probe.go();
  await probe.app.close();
});

test('a stop finishes what runs and refuses what comes', async () => {
  const probe = await listening();
  const running = open(probe);
  running.socket.write(post('{}'));
  await probe.entered;
  const connected = once(probe.app.server, 'connection');
  const arriving = open(probe);
  arriving.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n');
  const [served] = await connected;
  // A connection on which no request has begun is idle: the stop would close it without an answer.
  while (served.bytesRead === 0) await new Promise((resolve) => setImmediate(resolve));
  const closed = probe.app.close();
  await new Promise((resolve) => setImmediate(resolve));
  arriving.socket.write('\r\n');
  const refused = await arriving.answer;
  assert.ok(refused.startsWith('HTTP/1.1 503 '), refused);
  assert.match(refused, /\r\nconnection: close\r\n/i);
  assert.match(refused, /\r\nretry-after: 5\r\n/i);
  assert.equal(problemIn(refused).type, '/errors/serviceUnavailable/v1.0.0');
  probe.go();
  const finished = await running.answer;
  assert.ok(finished.startsWith('HTTP/1.1 200 '), finished);
  assert.ok(finished.endsWith('{"done":true}'), finished);
  // A connection that is kept would hold the server until the stop timeout.
  assert.match(finished, /\r\nconnection: close\r\n/i);
  await closed;
});

test('what does not end within the stop timeout is cut off', async () => {
  const probe = await listening({ stopTimeoutMs: 20 });
  const stuck = open(probe);
  stuck.socket.write(post('{}'));
  await probe.entered;
  await probe.app.close();
  assert.equal(await stuck.answer, '');
  probe.go();
});

test('a client that goes away leaves one line, marked', async () => {
  const probe = await listening();
  const connected = once(probe.app.server, 'connection');
  const { socket } = open(probe);
  socket.write(post('{}'));
  const [served] = await connected;
  await probe.entered;
  const gone = once(served, 'close');
  socket.destroy();
  await gone;
  probe.go();
  await probe.app.close();
  const lines = probe.log.map((line) => JSON.parse(line)).filter(({ operation }) => operation === 'wait');
  assert.deepEqual(
    lines.map(({ aborted }) => aborted),
    [true],
  );
});

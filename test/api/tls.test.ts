import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import { pino } from 'pino';
import { generate } from 'selfsigned';
import { readTlsFiles, watchTlsFiles } from '../../src/http/tls-files.ts';
import { buildProbeApp, type ProbeApp } from '../support/probe-app.ts';
import { makeTestFolder } from '../support/test-folder.ts';

let folder = '';
let files: { certificateFile: string; keyFile: string };
let probe: ProbeApp;
let port = 0;

before(async () => {
  folder = await makeTestFolder();
  files = { certificateFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  await give(await generate([{ name: 'commonName', value: 'first.example' }]));
  probe = await buildProbeApp({ tls: await readTlsFiles(files) });
  await probe.app.listen({ host: '127.0.0.1', port: 0 });
  const address = probe.app.server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
after(async () => {
  await probe.app.close();
  await rm(folder, { recursive: true, force: true });
});

async function give(pair: { cert: string; private: string }): Promise<void> {
  await writeFile(files.certificateFile, pair.cert);
  await writeFile(files.keyFile, pair.private);
}

async function servedName(): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

test('HTTPS by certificate and key, with HSTS', async () => {
  const asked = request({ port, host: '127.0.0.1', path: '/healthz', rejectUnauthorized: false, agent: false }).end();
  const [answer] = await once(asked, 'response');
  answer.resume();
  assert.equal(answer.statusCode, 200);
  assert.match(answer.headers['strict-transport-security'], /^max-age=31536000/);
  assert.equal(await servedName(), 'first.example');
});

test('TLS 1.1 and plain HTTP are refused', async () => {
  const old = connect({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  await assert.rejects(once(old, 'secureConnect'), /alert|version|protocol/i);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
});

test('a renewed certificate is taken without a restart; broken files leave the one before', async () => {
  const log: string[] = [];
  const logger = pino({ base: null }, { write: (line: string) => void log.push(line) });
  const present = await readTlsFiles(files);
  using _watch = watchTlsFiles({ files, present, use: probe.app.setTls, logger, everyMs: 20 });
  const said = async (text: string) => {
    const giveUpAt = Date.now() + 60_000;
    while (!log.some((line) => line.includes(text))) {
      assert.ok(Date.now() < giveUpAt, `${text}: ${log.join('')}`);
      await delay(10);
    }
  };

  const second = await generate([{ name: 'commonName', value: 'second.example' }]);
  await writeFile(files.certificateFile, second.cert);
  await said('TLS certificate not renewed');
  assert.equal(await servedName(), 'first.example', 'the key is still the old one');
  await writeFile(files.keyFile, second.private);
  await said('TLS certificate renewed');
  assert.equal(await servedName(), 'second.example');

  log.length = 0;
  await writeFile(files.certificateFile, 'half a certif');
  await said('TLS certificate not renewed');
  await delay(100);
  assert.equal(log.length, 1, 'it says so once');
  assert.equal(await servedName(), 'second.example');
  await rm(files.keyFile);
  await give(await generate([{ name: 'commonName', value: 'third.example' }]));
  await said('TLS certificate renewed');
  assert.equal(await servedName(), 'third.example');
  assert.ok(!log.join('').includes(folder), 'no path of the machine');
});

test('files that cannot be used stop the start in one line', async () => {
  const other = await generate([{ name: 'commonName', value: 'other.example' }]);
  await writeFile(files.keyFile, other.private);
  await assert.rejects(readTlsFiles(files), { name: 'StartRefused', message: /belong together/ });
  await rm(files.certificateFile);
  await assert.rejects(readTlsFiles(files), {
    name: 'StartRefused',
    message: 'The file of ROLLCALL_TLS_CERTIFICATE_FILE cannot be read.',
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import { type FastifyInstance, fastify } from 'fastify';
import { portalRoutes } from '../../src/http/portal-routes.ts';
import { makeTestFolder } from '../support/test-folder.ts';

const script = 'console.log("the portal");';

/** A build as Vite leaves it. */
function writeBuild(folder: string): void {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  const page =
    '<base href="__BASE__"><meta name="style-nonce" content="__NONCE__"><script src="./assets/index-1.js"></script>';
  writeFileSync(join(folder, 'index.html'), page);
  writeFileSync(join(folder, 'assets', 'index-1.js'), script);
  writeFileSync(join(folder, 'assets', 'index-1.js.br'), brotliCompressSync(script));
  writeFileSync(join(folder, 'assets', 'index-1.js.gz'), gzipSync(script));
  writeFileSync(join(folder, 'secret.txt'), 'not an asset');
}

async function serve(folder: string | undefined, publicUrl?: string): Promise<FastifyInstance> {
  const app = fastify();
  await app.register(portalRoutes({ publicUrl, findFolder: () => folder }));
  return app;
}

let folder: string;
let app: FastifyInstance;
before(async () => {
  folder = await makeTestFolder();
  writeBuild(folder);
  app = await serve(folder);
});
after(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

test('every view is the one page, with a nonce of its own and a policy without inline script', async () => {
  const nonces = new Set<string>();
  for (const url of ['/', '/audiences', '/audiences/0399abedfd3d5e10c2aa?tab=members', '/help/problems/notFound']) {
    const answer = await app.inject(url);
    assert.equal(answer.statusCode, 200, url);
    assert.match(answer.headers['content-type']?.toString() ?? '', /^text\/html/);
    assert.equal(answer.headers['cache-control'], 'no-store');
    const nonce = /style-nonce" content="([-\w]{22})"/.exec(answer.body)?.[1] ?? '';
    const policy = answer.headers['content-security-policy']?.toString() ?? '';
    assert.ok(policy.includes(`style-src 'self' 'nonce-${nonce}'`), policy);
    assert.ok(policy.includes("script-src 'self';") && !policy.includes('unsafe'), policy);
    assert.ok(answer.body.includes('<base href="/">'));
    nonces.add(nonce);
  }
  assert.equal(nonces.size, 4);
});

test('under the path of a public address the page says so', async () => {
  const prefixed = await serve(folder, 'https://bank.example/rollcall/');
  assert.ok((await prefixed.inject('/')).body.includes('<base href="/rollcall/">'));
  await prefixed.close();
});

test('a script is sent as the browser takes it, to be kept for good', async () => {
  const get = (accepted: string) => app.inject({ url: '/assets/index-1.js', headers: { 'accept-encoding': accepted } });
  const brotli = await get('gzip, deflate, br');
  assert.deepEqual([brotli.headers['content-encoding'], brotli.headers.vary], ['br', 'Accept-Encoding']);
  assert.equal(brotliDecompressSync(brotli.rawPayload).toString(), script);
  assert.match(brotli.headers['cache-control']?.toString() ?? '', /immutable/);
  assert.equal((await get('gzip;q=1.0, br;q=0')).headers['content-encoding'], 'gzip');
  const plain = await get('identity');
  assert.deepEqual([plain.headers['content-encoding'], plain.body], [undefined, script]);
  assert.match(plain.headers['content-type']?.toString() ?? '', /^text\/javascript/);
});

test('what is no file of the build is not found, whatever path it spells', async () => {
  for (const url of ['/assets/none.js', '/assets/..%2fsecret.txt', '/assets/index-1.js.br', '/secret.txt']) {
    const { statusCode, body } = await app.inject(url);
    assert.ok([400, 404].includes(statusCode), `${url}: ${statusCode}`);
    assert.ok(!body.includes('not an asset'), url);
  }
});

test('what was not built leads to the reference of the API', async () => {
  await using bare = await serve(undefined);
  assert.equal((await bare.inject('/')).headers.location, 'docs');
});

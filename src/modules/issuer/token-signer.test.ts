import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calculateJwkThumbprint, createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import type { InstallationSecret, InstallationSecrets } from './secret-cache.ts';
import { createTokenSigner } from './token-signer.ts';

const hourMs = 60 * 60 * 1_000;
const dayMs = 24 * hourMs;

/** What the keyring does, in memory; several servers share it. */
function createSecrets(clock: { now(): Date }): InstallationSecrets & { readonly stored: InstallationSecret[] } {
  const stored: InstallationSecret[] = [];
  const add = async (_purpose: string, secret: Uint8Array) => {
    stored.unshift({ generation: (stored[0]?.generation ?? 0) + 1, secret, createdAt: clock.now() });
  };
  return {
    stored,
    async installationSecrets(purpose, make) {
      if (stored.length === 0 && make !== undefined) await add(purpose, await make());
      return [...stored];
    },
    addInstallationSecret: add,
    async removeInstallationSecret(_purpose, generation) {
      stored.splice(0, stored.length, ...stored.filter((one) => one.generation !== generation));
    },
  };
}

function createServers() {
  let now = Date.parse('2026-11-24T12:00:00Z');
  const clock = { now: () => new Date(now) };
  const keyring = createSecrets(clock);
  return {
    keyring,
    clock,
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
    one: createTokenSigner({ keyring, clock }),
    other: createTokenSigner({ keyring, clock }),
  };
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid;

test('a token is a JWT of RFC 9068 that verifies against the published keys', async () => {
  const { one, clock } = createServers();
  const token = await one.sign({ iss: 'urn:example', aud: 'urn:rollcall:api', sub: 'app' }, { expiresInSeconds: 600 });
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(await one.publicKeys()), {
    algorithms: ['EdDSA'],
    typ: 'at+jwt',
    currentDate: clock.now(),
    requiredClaims: ['iss', 'aud', 'sub', 'iat', 'exp', 'jti'],
  });
  assert.equal(protectedHeader.alg, 'EdDSA');
  assert.equal(Number(payload.exp) - Number(payload.iat), 600);
  assert.match(payload.jti ?? '', /^[0-9a-f]{20}$/);
});

test('kid is the thumbprint of RFC 7638, and no private part is published', async () => {
  const { one } = createServers();
  const { keys } = await one.publicKeys();
  assert.equal(keys.length, 1);
  const [key] = keys;
  assert.deepEqual(Object.keys(key ?? {}).toSorted(), ['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  assert.equal(key?.kid, await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x: String(key?.x) }, 'sha256'));
});

test('no life but 1 second to 30 days is signed', async () => {
  const { one } = createServers();
  for (const expiresInSeconds of [0, -1, 1.5, Number.NaN, 2_592_001]) {
    await assert.rejects(one.sign({}, { expiresInSeconds }), RangeError);
  }
  await one.sign({}, { expiresInSeconds: 2_592_000 });
});

test('two servers sign with one key, and each verifies the other', async () => {
  const { one, other, clock } = createServers();
  const token = await one.sign({}, { expiresInSeconds: 60 });
  assert.equal(kidOf(await other.sign({}, { expiresInSeconds: 60 })), kidOf(token));
  await jwtVerify(token, createLocalJWKSet(await other.publicKeys()), { currentDate: clock.now() });
});

test('after 90 days a new key is published, and signs two hours later', async () => {
  const { one, other, advance, keyring } = createServers();
  const first = kidOf(await one.sign({}, { expiresInSeconds: 60 }));
  advance(90 * dayMs - 1);
  await one.rotate();
  assert.equal(keyring.stored.length, 1);
  advance(1);
  await one.rotate();
  await other.rotate();
  assert.equal((await other.publicKeys()).keys.length, 2);
  assert.equal(kidOf(await one.sign({}, { expiresInSeconds: 60 })), first);
  advance(2 * hourMs);
  const second = kidOf(await one.sign({}, { expiresInSeconds: 60 }));
  assert.notEqual(second, first);
  assert.equal(kidOf(await other.sign({}, { expiresInSeconds: 60 })), second);
});

test('the old key is published until its longest token has ended, and a day', async () => {
  const { one, advance } = createServers();
  const first = kidOf(await one.sign({}, { expiresInSeconds: 60 }));
  advance(90 * dayMs);
  await one.rotate();
  advance(2 * hourMs + 31 * dayMs - 1);
  await one.rotate();
  const kids = async () => (await one.publicKeys()).keys.map(({ kid }) => kid);
  assert.ok((await kids()).includes(first));
  advance(1);
  await one.rotate();
  assert.ok(!(await kids()).includes(first));
  assert.equal((await kids()).length, 1);
});

test('when two servers make a key at once, all sign with the newer one', async () => {
  const { one, other, advance, keyring } = createServers();
  await one.sign({}, { expiresInSeconds: 60 });
  advance(90 * dayMs);
  await Promise.all([one.rotate(), other.rotate()]);
  advance(2 * hourMs);
  const kid = kidOf(await one.sign({}, { expiresInSeconds: 60 }));
  assert.equal(kidOf(await other.sign({}, { expiresInSeconds: 60 })), kid);
  assert.equal((await one.publicKeys()).keys[0]?.kid, kid);
  assert.equal(keyring.stored.length, 3);
});

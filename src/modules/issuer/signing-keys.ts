import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, importPKCS8, type JWK } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import { createSecretCache, type InstallationSecret, type InstallationSecrets } from './secret-cache.ts';

/** RFC 8037: Ed25519. */
export const signingAlgorithm = 'EdDSA';

const hourMs = 60 * 60 * 1_000;
const dayMs = 24 * hourMs;
/** A key signs this long, then a new one is made. */
const rotateAfterMs = 90 * dayMs;
/**
 * A new key is published this long before it signs: longer than servers cache the keyring and verifiers our key set,
 * so that no token comes with a key that its reader has not seen.
 */
const publishAheadMs = 2 * hourMs;
/** The longest life of a token of ours, in seconds; `sign` refuses more. */
export const tokenSecondsMax = 30 * 24 * 60 * 60;
/** A key that no longer signs stays published until its last token has ended, and a day for clocks that differ. */
const publishAfterMs = tokenSecondsMax * 1_000 + dayMs;

export interface SigningKey {
  readonly generation: number;
  readonly createdAt: Date;
  /** The thumbprint of RFC 7638. */
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

export interface SigningKeys {
  /** The one that signs first, then the others that are published. Never call it inside a transaction. */
  list(): Promise<readonly [SigningKey, ...SigningKey[]]>;
  /** Makes the next key when the newest is old enough, and ends keys whose last token has ended. Hourly. */
  rotate(): Promise<void>;
}

/**
 * Ed25519 keys of the installation as PKCS #8. Which one signs follows from their times alone, so that all servers
 * agree; when two servers rotate at once there are two new keys, and the newer one signs.
 */
export function createSigningKeys(deps: { keyring: InstallationSecrets; clock: Clock }): SigningKeys {
  const { keyring, clock } = deps;
  const opened = new Map<number, { secret: Uint8Array; key: Promise<SigningKey> }>();
  const open = (stored: InstallationSecret): Promise<SigningKey> => {
    const known = opened.get(stored.generation);
    if (known !== undefined && Buffer.compare(known.secret, stored.secret) === 0) return known.key;
    const key = openKey(stored);
    opened.set(stored.generation, { secret: stored.secret, key });
    return key;
  };
  const secrets = createSecretCache(deps, 'signing', makeKey);
  return {
    async list() {
      const stored = await secrets.list();
      const now = clock.now().getTime();
      for (const generation of opened.keys()) {
        if (!stored.some((one) => one.generation === generation)) opened.delete(generation);
      }
      const signing = signingOne(stored, now);
      const others = stored.filter((one) => one !== signing);
      return [await open(signing), ...(await Promise.all(others.map(open)))];
    },
    async rotate() {
      secrets.forget();
      const stored = await secrets.list();
      const now = clock.now().getTime();
      const newest = stored[0];
      if (newest === undefined || now - newest.createdAt.getTime() >= rotateAfterMs) {
        await keyring.addInstallationSecret('signing', await makeKey());
      }
      for (const { generation } of ended(stored, now)) await keyring.removeInstallationSecret('signing', generation);
      secrets.forget();
    },
  };
}

/** The newest that has been published long enough; the oldest while none has. */
function signingOne(newestFirst: readonly InstallationSecret[], now: number): InstallationSecret {
  const one = newestFirst.find(({ createdAt }) => signsFrom(createdAt) <= now) ?? newestFirst.at(-1);
  if (one === undefined) throw new Error('the installation has no signing key');
  return one;
}

function ended(newestFirst: readonly InstallationSecret[], now: number): readonly InstallationSecret[] {
  return newestFirst.filter((_one, index) => {
    const successor = newestFirst[index - 1];
    return successor !== undefined && signsFrom(successor.createdAt) + publishAfterMs <= now;
  });
}

function signsFrom(createdAt: Date): number {
  return createdAt.getTime() + publishAheadMs;
}

const generate = promisify(generateKeyPair);

async function makeKey(): Promise<Uint8Array> {
  const { privateKey } = await generate('ed25519');
  return new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }));
}

async function openKey({ generation, secret, createdAt }: InstallationSecret): Promise<SigningKey> {
  const key = createPrivateKey({ key: Buffer.from(secret), format: 'der', type: 'pkcs8' });
  const bare = await exportJWK(createPublicKey(key));
  const kid = await calculateJwkThumbprint(bare, 'sha256');
  const publicJwk = { ...bare, kid, alg: signingAlgorithm, use: 'sig' };
  const pem = key.export({ format: 'pem', type: 'pkcs8' }).toString();
  const privateJwk = { ...(await exportJWK(key)), kid, alg: signingAlgorithm, use: 'sig' };
  return { generation, createdAt, kid, privateKey: await importPKCS8(pem, signingAlgorithm), privateJwk, publicJwk };
}

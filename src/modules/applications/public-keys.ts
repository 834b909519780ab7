import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { Problem } from '../../lib/problem.ts';
import type { PublicKey } from './application-schemas.ts';

export interface JsonWebKeySet {
  readonly keys: PublicKey[];
}

/** RFC 8725 section 3.5 and the algorithms' own rule (RFC 7518 section 3.3); larger ones only cost time. */
const modulusBitsMin = 2_048;
const modulusBitsMax = 8_192;

/** RFC 7518 section 6. `createPublicKey` would pass over them, and they would be stored. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

/** A key set out of the database. @throws Error when it is none: only checked ones are stored */
export function readKeySet(stored: unknown): JsonWebKeySet | undefined {
  if (stored === null || stored === undefined) return undefined;
  if (typeof stored !== 'object' || !('keys' in stored) || !Array.isArray(stored.keys)) {
    throw new Error('an application has a key set of another form');
  }
  return { keys: stored.keys };
}

/**
 * Holds public keys to what `private_key_jwt` can use: RSA of 2,048 to 8,192 bits, or a curve; each a whole key, and no
 * two of one name and none with a private part (over HTTP the schema knows no such member).
 *
 * @throws Problem `badRequest`; it names a key by its position
 */
export function checkKeySet(jwks: { readonly keys: readonly JsonWebKey[] }): void {
  const names = new Set<unknown>();
  for (const [index, key] of jwks.keys.entries()) {
    if (key.kid !== undefined && names.has(key.kid)) throw faulty(index, 'has the kid of another one');
    names.add(key.kid);
    checkKey(key, index);
  }
}

function checkKey(jwk: JsonWebKey, index: number): void {
  if (privateMembers.some((name) => name in jwk))
    throw faulty(index, 'has a private part: make another one, this one is known now');
  let key: ReturnType<typeof createPublicKey>;
  try {
    key = createPublicKey({ key: jwk, format: 'jwk' });
  } catch (cause) {
    throw faulty(index, 'is no public key of its type', cause);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && (bits < modulusBitsMin || bits > modulusBitsMax)) {
    throw faulty(index, `must have ${modulusBitsMin} to ${modulusBitsMax} bits`);
  }
}

function faulty(index: number, what: string, cause?: unknown): Problem {
  return new Problem('badRequest', { detail: `/jwks/keys/${index} of the body ${what}.`, cause });
}

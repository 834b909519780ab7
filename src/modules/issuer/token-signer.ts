import { type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose';
import type { Clock } from '../../lib/clock.ts';
import { randomId } from '../../lib/id.ts';
import type { InstallationSecrets } from './secret-cache.ts';
import { createSigningKeys, signingAlgorithm, tokenSecondsMax } from './signing-keys.ts';

export interface TokenSigner {
  /**
   * An access token in the form of RFC 9068: header `alg: EdDSA`, `typ: at+jwt`, `kid`; `iat` and `exp` by the clock,
   * `jti` random unless given. Never call it inside a transaction.
   *
   * @throws RangeError for a life that is not 1 to 2,592,000 seconds
   */
  sign(claims: JWTPayload, options: { expiresInSeconds: number }): Promise<string>;
  /** The keys that verify tokens of ours, the one that signs first. Never call it inside a transaction. */
  publicKeys(): Promise<JSONWebKeySet>;
  /** Makes the next key when it is time, and ends the keys whose last token has ended. */
  rotate(): Promise<void>;
}

export function createTokenSigner(deps: { keyring: InstallationSecrets; clock: Clock }): TokenSigner {
  const keys = createSigningKeys(deps);
  return {
    async sign(claims, { expiresInSeconds }) {
      if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 1 || expiresInSeconds > tokenSecondsMax) {
        throw new RangeError(`a token lives 1 to ${tokenSecondsMax} seconds`);
      }
      const [{ kid, privateKey }] = await keys.list();
      const now = Math.floor(deps.clock.now().getTime() / 1_000);
      return await new SignJWT({ jti: randomId(), ...claims, iat: now, exp: now + expiresInSeconds })
        .setProtectedHeader({ alg: signingAlgorithm, typ: 'at+jwt', kid })
        .sign(privateKey);
    },
    async publicKeys() {
      return { keys: (await keys.list()).map(({ publicJwk }) => publicJwk) };
    },
    rotate: keys.rotate,
  };
}

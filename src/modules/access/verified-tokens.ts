import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../lib/clock.ts';
import { type AccessToken, clockToleranceSeconds, TokenRefused, type TokenVerifier } from './access-token.ts';

const tokensMax = 10_000;
/** After this long a signature is looked at again, so that a key which was taken away does not last as long as a token. */
const verifiedMs = 30_000;

/**
 * Remembers tokens whose signature was good, by their SHA-256, so that a client's next page costs a digest instead of a
 * signature. Whether they have expired is asked each time.
 */
export function rememberVerified(verifier: TokenVerifier, deps: { clock: Clock }): TokenVerifier {
  const verified = new LRUCache<string, AccessToken>({ max: tokensMax, ttl: verifiedMs });
  return {
    async verify(token) {
      const digest = createHash('sha256').update(token).digest('base64');
      const known = verified.get(digest);
      if (known !== undefined) return unexpired(known, deps.clock.now());
      const fresh = await verifier.verify(token);
      verified.set(digest, fresh);
      return fresh;
    },
  };
}

function unexpired(token: AccessToken, now: Date): AccessToken {
  if (token.expiresAt + clockToleranceSeconds <= now.getTime() / 1_000) throw new TokenRefused('expired');
  return token;
}

import { createHash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Database, OperatorTx } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { randomId } from '../../lib/id.ts';
import { Problem } from '../../lib/problem.ts';
import { type AccessTokenRow, findAccessToken, insertAccessToken } from './access-store.ts';
import type { AccessVerifier, Principal } from './principal.ts';
import { hasRight } from './rights.ts';
import { roles } from './roles.ts';
import { isScope, type Scope } from './scopes.ts';

/** Prefix of a token, so that secret scanners find a leaked one. */
const tokenPrefix = 'rollcall_';
const tokenBytes = 32;
const tokenPattern = /^Bearer +(rollcall_[A-Za-z0-9_-]{43}) *$/i;

/** A removed token stops working after this long at the latest; looking it up each time costs a round trip a page. */
const cacheTtlMs = 5_000;
const cachedTokensMax = 10_000;

/**
 * Makes an access token of one institution. Only its SHA-256 is stored: 256 random bits need no slow hash.
 *
 * @returns the token, shown this once
 */
export async function createAccessToken(
  tx: OperatorTx,
  token: { institutionId: string; name: string; scopes: readonly Scope[]; at: Date; expiresAt?: Date },
): Promise<string> {
  const secret = `${tokenPrefix}${randomBytes(tokenBytes).toString('base64url')}`;
  await insertAccessToken(tx, {
    token_hash: hashToken(secret),
    institution_id: token.institutionId,
    id: randomId(),
    name: token.name,
    scopes: [...token.scopes],
    created_at: token.at,
    expires_at: token.expiresAt ?? null,
  });
  return secret;
}

export function createAccessVerifier(deps: { database: Database; clock: Clock }): AccessVerifier {
  const cache = new LRUCache<string, AccessTokenRow>({ max: cachedTokensMax, ttl: cacheTtlMs });
  return {
    async authenticate({ authorization, institutionId, address }) {
      const token = tokenPattern.exec(authorization ?? '')?.[1];
      if (token === undefined) throw unauthorized(authorization !== undefined);
      // The lookup is by hash, so its timing tells nothing of the token.
      const hash = hashToken(token);
      const cacheKey = hash.toString('base64');
      const row = cache.get(cacheKey) ?? (await deps.database.inAuthentication((tx) => findAccessToken(tx, hash)));
      if (row === undefined) throw unauthorized(true);
      if (row.expires_at !== null && row.expires_at <= deps.clock.now()) throw unauthorized(true);
      cache.set(cacheKey, row);
      if (institutionId !== undefined && institutionId !== row.institution_id) {
        throw new Problem('forbidden', {
          detail: 'The access token is not for the institution that Institution-Id names.',
        });
      }
      return principalOf(row, address);
    },
    async assertStillHolds(principal, right) {
      if (!hasRight(principal, right)) throw new Problem('forbidden');
    },
    forget() {},
  };
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function principalOf(row: AccessTokenRow, address: string | undefined): Principal {
  return {
    id: row.id,
    kind: 'application',
    name: row.name,
    applicationId: row.id,
    institutionId: row.institution_id,
    scopes: new Set(row.scopes.filter(isScope)),
    roles: new Set(roles),
    address,
  };
}

/** RFC 6750 section 3.1: no error code when the request carried no credentials. */
function unauthorized(withCredentials: boolean): Problem {
  return new Problem('unauthorized', {
    detail: withCredentials
      ? 'The access token is unknown or has expired.'
      : 'Send an access token: "Authorization: Bearer ...".',
    headers: {
      'WWW-Authenticate': withCredentials
        ? 'Bearer realm="rollcall", error="invalid_token"'
        : 'Bearer realm="rollcall"',
    },
  });
}

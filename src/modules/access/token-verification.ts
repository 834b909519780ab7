import { type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { clockToleranceSeconds, type TokenRefusal, TokenRefused } from './access-token.ts';

/** What a token must be, besides signed by a key that `key` finds. */
export interface TokenRules {
  readonly key: JWTVerifyGetKey;
  /** RFC 8725 section 3.1: the algorithm is ours to choose, not the token's. */
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly issuers: readonly string[];
  readonly audience: string;
  /** RFC 9068 section 4: undefined = the issuer's access tokens have no type of their own. */
  readonly type: 'at+jwt' | undefined;
  readonly now: Date;
}

/** Public keys only: with a shared secret whoever verifies could sign. */
export const signatureAlgorithms = [
  'EdDSA',
  'Ed25519',
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
] as const;

export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/**
 * Verifies signature and standard claims (RFC 7519, RFC 8725, RFC 9068).
 *
 * @throws TokenRefused, or what `key` threw that is no statement about the token (the key set could not be had)
 */
export async function verifyToken(token: string, rules: TokenRules): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, rules.key, {
      algorithms: [...rules.algorithms],
      issuer: [...rules.issuers],
      audience: rules.audience,
      requiredClaims: ['sub', 'exp', 'iat'],
      clockTolerance: clockToleranceSeconds,
      currentDate: rules.now,
      ...(rules.type === undefined ? {} : { typ: rules.type }),
    });
    return payload;
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    throw new TokenRefused(reason, { cause: error });
  }
}

const reasonsByCode: Readonly<Record<string, TokenRefusal>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'algorithm',
  ERR_JOSE_NOT_SUPPORTED: 'algorithm',
  ERR_JWKS_NO_MATCHING_KEY: 'unknownKey',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'unknownKey',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'signature',
  ERR_JWS_INVALID: 'malformed',
  ERR_JWT_INVALID: 'malformed',
  ERR_JWT_EXPIRED: 'expired',
};

const reasonsByClaim: Readonly<Record<string, TokenRefusal>> = {
  iss: 'issuer',
  aud: 'audience',
  typ: 'type',
  nbf: 'notYetValid',
};

function reasonOf(error: unknown): TokenRefusal | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  if (error.code !== 'ERR_JWT_CLAIM_VALIDATION_FAILED') return reasonsByCode[error.code];
  const claim = 'claim' in error && typeof error.claim === 'string' ? error.claim : '';
  return reasonsByClaim[claim] ?? 'claims';
}

import type { JWTPayload } from 'jose';
import type { Role } from './roles.ts';
import { isScope, type Scope } from './scopes.ts';

/** What an access token says that was verified. */
export interface AccessToken {
  /** Of a person, or the client id again where no person stands behind it. */
  readonly subject: string;
  readonly clientId: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Seconds since 1970 (RFC 7519: NumericDate). */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Of a person; what stands there for a program means nothing. Absent where a principal was kept without it. */
  readonly signIn?: SignIn;
  /** Only of an external issuer, whose people are not in our tables. */
  readonly claimed?: ClaimedAccess;
}

/** How the person behind a token signed in. A refresh changes nothing of it. */
export interface SignIn {
  /** Seconds since 1970 (`auth_time`, OpenID Connect Core section 2); undefined where the issuer does not say. */
  readonly at: number | undefined;
  /** RFC 8176; empty where the issuer does not say. */
  readonly amr: readonly string[];
}

/** What an external issuer says of somebody. */
export interface ClaimedAccess {
  readonly name: string;
  readonly institutionIds: readonly string[];
  readonly roles: ReadonlySet<Role>;
}

export interface TokenVerifier {
  /**
   * @param token a compact JWS of bounded length
   * @throws TokenRefused; Problem `serviceUnavailable` when the issuer's keys cannot be had now
   */
  verify(token: string): Promise<AccessToken>;
}

export type TokenRefusal =
  | 'malformed'
  | 'type'
  | 'algorithm'
  | 'unknownKey'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'expired'
  | 'notYetValid'
  | 'claims';

/** A token that proves nothing. The reason is for log and metric: whoever forges one is not told how far it came. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  readonly reason: TokenRefusal;

  constructor(reason: TokenRefusal, options: { cause?: unknown } = {}) {
    super(`access token refused: ${reason}`, options);
    this.reason = reason;
  }
}

/** How far clocks of machines may differ, in seconds. */
export const clockToleranceSeconds = 30;

const textMax = 255;
/** OpenID Connect Core section 2: at most 255 ASCII characters. */
const identifierPattern = /^[\x21-\x7e]{1,255}$/;

export interface TokenTimes {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/**
 * `iat` and `exp`, which must be there. The library compares `exp` and `nbf` with the clock, but not `iat`.
 *
 * @throws TokenRefused `claims`, or `notYetValid` for one from the future
 */
export function timesOf(payload: JWTPayload, now: Date): TokenTimes {
  const { iat, exp } = payload;
  if (typeof iat !== 'number' || typeof exp !== 'number') throw new TokenRefused('claims');
  if (iat > now.getTime() / 1_000 + clockToleranceSeconds) throw new TokenRefused('notYetValid');
  return { issuedAt: iat, expiresAt: exp };
}

/** RFC 9068 section 2.2.1. A claim of another form says nothing. */
export function signInOf({ auth_time: at, amr }: JWTPayload): SignIn {
  return { at: typeof at === 'number' ? at : undefined, amr: wordsOf(amr) };
}

/** @throws TokenRefused `claims` when the claim is not the identifier of somebody */
export function identifierOf(payload: JWTPayload, ...names: readonly string[]): string {
  for (const name of names) {
    const value = payload[name];
    if (typeof value === 'string' && identifierPattern.test(value)) return value;
  }
  throw new TokenRefused('claims');
}

/** The words of a claim that is a text with spaces or commas, or a list of texts; what is neither has none. */
export function wordsOf(claim: unknown): readonly string[] {
  const words = typeof claim === 'string' ? claim.split(/[\s,]+/) : Array.isArray(claim) ? claim : [];
  return words.filter((word): word is string => typeof word === 'string' && word !== '' && word.length <= textMax);
}

/** The scopes that we know; an issuer may put others beside them, e.g. `openid`. */
export function scopesOf(claim: unknown): ReadonlySet<Scope> {
  return new Set(wordsOf(claim).filter(isScope));
}

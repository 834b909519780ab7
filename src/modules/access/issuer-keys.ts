import { createRemoteJWKSet, type FlattenedJWSInput, type JWSHeaderParameters, type RemoteJWKSet } from 'jose';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { Problem } from '../../lib/problem.ts';

/** How long a request to the issuer may take. */
const fetchTimeoutMs = 5_000;
/** A discovery document is a few kilobytes. */
const documentBytesMax = 262_144;
/** A key that the issuer has withdrawn is known here this long at most; then the document is read again as well. */
const keysMaxAgeMs = 10 * 60_000;
/** Tokens with keys that nobody has make no more than one request to the issuer in this time. */
const unknownKeyCooldownMs = 30_000;
/** While the issuer does not answer, only one caller in this time waits to find out. */
const failureCooldownMs = 5_000;

const documentSchema = Type.Object({
  issuer: Type.String({ maxLength: 1_024 }),
  jwks_uri: Type.String({ maxLength: 2_048 }),
});

export interface IssuerKeys {
  /**
   * The key that a token names.
   *
   * @throws jose's errors when the issuer has no such key; Problem `serviceUnavailable` when its keys cannot be had now
   */
  find(header: JWSHeaderParameters, token: FlattenedJWSInput): ReturnType<RemoteJWKSet>;
}

/** The keys of an OpenID Connect issuer, found by its discovery document (OpenID Connect Discovery 1.0 section 4). */
export function createIssuerKeys(issuer: string): IssuerKeys {
  let known: RemoteJWKSet | undefined;
  let discovering: Promise<RemoteJWKSet> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;

  async function rediscover(): Promise<RemoteJWKSet> {
    if (performance.now() - failedAt < failureCooldownMs) throw unavailable();
    discovering ??= discover(issuer).finally(() => {
      discovering = undefined;
    });
    known = await discovering;
    return known;
  }

  return {
    async find(header, token) {
      // Keys that are not too old serve on while the issuer is away.
      const held = known?.fresh === true ? known : undefined;
      try {
        return await (held ?? (await rediscover()))(header, token);
      } catch (error) {
        if (error instanceof Problem || saysThereIsNone(error)) throw error;
        if (held === undefined) failedAt = performance.now();
        throw unavailable(error);
      }
    },
  };
}

async function discover(issuer: string): Promise<RemoteJWKSet> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(fetchTimeoutMs),
  });
  if (!response.ok) throw new Error(`the issuer's discovery document answered ${response.status}`);
  const document: unknown = JSON.parse(await boundedText(response));
  if (!Check(documentSchema, document)) throw new Error("the issuer's discovery document has no issuer or jwks_uri");
  // Section 4.3: otherwise another issuer could speak for this one.
  if (document.issuer !== issuer) throw new Error('the discovery document is of another issuer');
  return createRemoteJWKSet(keysAddress(document.jwks_uri, issuer), {
    timeoutDuration: fetchTimeoutMs,
    cooldownDuration: unknownKeyCooldownMs,
    cacheMaxAge: keysMaxAgeMs,
  });
}

/** Keys that come over plain HTTP are anybody's; only an issuer that is itself on this machine may have them there. */
function keysAddress(text: string, issuer: string): URL {
  const address = new URL(text);
  const local = address.origin === new URL(issuer).origin;
  if (address.protocol !== 'https:' && !local) throw new Error("the issuer's keys are not at an https address");
  return address;
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > documentBytesMax) throw new Error("the issuer's discovery document is too large");
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

const noKeyCodes = ['ERR_JWKS_NO_MATCHING_KEY', 'ERR_JWKS_MULTIPLE_MATCHING_KEYS'];

function saysThereIsNone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && noKeyCodes.includes(String(error.code));
}

function unavailable(cause?: unknown): Problem {
  return new Problem('serviceUnavailable', {
    detail: 'The issuer of the access tokens does not answer now. Try again in a moment.',
    headers: { 'Retry-After': '5' },
    cause,
  });
}

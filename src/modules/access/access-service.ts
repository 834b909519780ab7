import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import { isSecretOf } from '../../lib/secret-text.ts';
import { apiKeyRefused, institutionAbsent, institutionRefused, noCredentials, tokenRefused } from './access-refusal.ts';
import { createAccessState, stateMaxAgeMs } from './access-state.ts';
import { TokenRefused, type TokenVerifier } from './access-token.ts';
import { type Bearer, type Caller, type CallersDeps, findCaller } from './caller.ts';
import type { AccessVerifier, Credentials, Principal } from './principal.ts';
import { hasRight } from './rights.ts';
import { rememberVerified } from './verified-tokens.ts';

/** RFC 6750 section 2.1: b64token. */
const bearerPattern = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;
/** Tokens of ours have about 500 characters, those of issuers with many groups a few thousand. */
const tokenCharactersMax = 8_192;

export interface AccessVerifierDeps {
  readonly database: Database;
  readonly clock: Clock;
  /** Of the tokens of ours, or of an external issuer: never of both. */
  readonly tokens: TokenVerifier;
  /** Whether `tokens` are of an external issuer, whose people are not in our tables. */
  readonly external: boolean;
  readonly portalClientId: string;
  /** How long what the database said may be taken for true. Default 5,000. */
  readonly maxAgeMs?: number;
}

/**
 * The check behind every call: a good signature proves only that a token was issued, so what its holder may do is
 * asked of the database (or taken from an external issuer's claims) each time.
 */
export function createAccessVerifier(deps: AccessVerifierDeps): AccessVerifier {
  const state = createAccessState({ ...deps, maxAgeMs: deps.maxAgeMs ?? stateMaxAgeMs });
  const callers: CallersDeps = { state, portalClientId: deps.portalClientId };
  const tokens = rememberVerified(deps.tokens, deps);
  // What the principals of this process were made of: "sign out everywhere" also ends work that runs.
  const bearers = new WeakMap<Principal, Bearer>();
  return {
    async authenticate(credentials) {
      const bearer = await verified(tokens, credentials.authorization);
      const caller = await findCaller(callers, bearer);
      checkCaller(caller, credentials);
      checkApiKey(caller, credentials);
      const principal = principalIn(caller, chosenInstitution(caller, credentials), credentials);
      bearers.set(principal, bearer);
      return principal;
    },
    async assertStillHolds(principal, right) {
      const bearer = bearers.get(principal) ?? bearerOf(principal, deps);
      const caller = await findCaller(callers, bearer);
      if (caller.refusal !== undefined) throw tokenRefused(caller.refusal, principal);
      const { institutionId } = principal;
      if (!caller.institutionIds.includes(institutionId)) throw institutionRefused('institutionForeign', principal);
      if (!hasRight({ scopes: caller.scopes, roles: caller.rolesIn(institutionId) }, right)) {
        throw new Problem('forbidden', { detail: 'The right to do this was taken away meanwhile.' });
      }
    },
    async institutionsOf(authorization) {
      const caller = await findCaller(callers, await verified(tokens, authorization));
      if (caller.refusal !== undefined) throw tokenRefused(caller.refusal);
      const { homeInstitutionId: home, institutionIds } = caller;
      return institutionIds.toSorted((a, b) => Number(b === home) - Number(a === home));
    },
    forget: state.forget,
  };
}

async function verified(tokens: TokenVerifier, authorization: string | undefined): Promise<Bearer> {
  if (authorization === undefined) throw noCredentials();
  const token = authorization.length > tokenCharactersMax ? undefined : bearerPattern.exec(authorization)?.[1];
  if (token === undefined) throw tokenRefused('malformed');
  try {
    return await tokens.verify(token);
  } catch (error) {
    throw error instanceof TokenRefused ? tokenRefused(error.reason) : error;
  }
}

function checkCaller(caller: Caller, credentials: Credentials): void {
  if (caller.refusal !== undefined) throw tokenRefused(caller.refusal, atHome(caller, credentials));
}

/** The key names the application as well as the token does: both must name the same one. */
function checkApiKey(caller: Caller, credentials: Credentials): void {
  const { state, hash } = caller.apiKey;
  const { apiKey } = credentials;
  if (apiKey === undefined) {
    // A disabled key is still required: who disables one that has leaked does not want calls without any instead.
    if (state !== 'none') throw apiKeyRefused('apiKeyAbsent', atHome(caller, credentials));
    return;
  }
  if (state === 'none' || hash === null) throw apiKeyRefused('apiKeyUnexpected', atHome(caller, credentials));
  // Compared also when it is disabled: the time tells nothing of the state.
  if (!isSecretOf(hash, apiKey)) throw apiKeyRefused('apiKeyOfAnother', atHome(caller, credentials));
  if (state === 'disabled') throw apiKeyRefused('apiKeyDisabled', atHome(caller, credentials));
}

/** The one institution, or the one of several that the header names. */
function chosenInstitution(caller: Caller, credentials: Credentials): string {
  const { institutionIds } = caller;
  const [only] = institutionIds;
  if (only === undefined) throw institutionRefused('noInstitution', atHome(caller, credentials));
  const { institutionId } = credentials;
  if (institutionId === undefined) {
    if (institutionIds.length > 1) throw institutionAbsent();
    return only;
  }
  // Whether there is such an institution at all is not told.
  if (!institutionIds.includes(institutionId)) {
    throw institutionRefused('institutionForeign', atHome(caller, credentials));
  }
  return institutionId;
}

function principalIn(caller: Caller, institutionId: string, { address }: Credentials): Principal {
  const { id, kind, name, applicationId, scopes, signIn } = caller;
  const who = { id, kind, name, applicationId, address, ...(signIn === undefined ? {} : { signIn }) };
  return { ...who, institutionId, scopes, roles: caller.rolesIn(institutionId) };
}

/** Who is refused, for the audit trail of their home. */
function atHome(caller: Caller, credentials: Credentials): Principal | undefined {
  const { homeInstitutionId } = caller;
  return homeInstitutionId === undefined ? undefined : principalIn(caller, homeInstitutionId, credentials);
}

/** A principal that was not made here, e.g. kept by a job: its token was issued before the job was asked for. */
function bearerOf(principal: Principal, { external }: Pick<AccessVerifierDeps, 'external'>): Bearer {
  const { id, applicationId, scopes, roles, name, institutionId, askedAt } = principal;
  return {
    subject: id,
    clientId: applicationId,
    scopes,
    issuedAt: askedAt === undefined ? undefined : askedAt.getTime() / 1_000,
    ...(external ? { claimed: { name, institutionIds: [institutionId], roles } } : {}),
  };
}

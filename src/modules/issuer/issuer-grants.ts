import { errors, type Grant, type KoaContextWithOIDC, type RefreshToken, type ResourceServer } from 'oidc-provider';
import { scopesOf, validAfterOf } from './client-metadata.ts';
import type { IssuerDirectory } from './issuer-directory.ts';
import { apiAudience } from './issuer-names.ts';
import { waitForSecondAfter } from './second-of-change.ts';
import { signingAlgorithm } from './signing-keys.ts';

/** Nothing that was given out works longer than this without asking the database again. */
export const accessTokenSeconds = 10 * 60;
const daySeconds = 24 * 60 * 60;
/** A refresh token that is not used for this long ends. */
const refreshIdleSeconds = 14 * daySeconds;
/** However often it is used: after this long the person signs in again. */
const refreshTotalSeconds = 90 * daySeconds;
/** A grant outlives the last of its refresh tokens. */
export const grantSeconds = 91 * daySeconds;

/** Scopes of the standard; the others are the API's. */
export const standardScopes = ['openid', 'offline_access'] as const;

/**
 * What a client may ask of the API. A scope that it may not have is an error and not left out in silence; a machine that
 * names none gets all of its own (RFC 6749 section 3.3).
 *
 * @throws InvalidTarget for another resource (RFC 8707); InvalidScope; InvalidClient when its tokens are ended meanwhile
 */
export async function resourceServerFor(
  ctx: KoaContextWithOIDC,
  { resource, client, directory }: { resource: string; client: IssuedClient; directory: IssuerDirectory },
): Promise<ResourceServer> {
  if (resource !== apiAudience) throw new errors.InvalidTarget();
  await requireUnchanged(client, directory);
  const allowed = scopesOf(client);
  const { params, route } = ctx.oidc;
  const asksAnew = route === 'authorization' || params?.grant_type === 'client_credentials';
  if (params !== undefined && asksAnew) {
    const foreign = asked(params.scope).find((scope) => !isStandard(scope) && !allowed.includes(scope));
    if (foreign !== undefined) throw new errors.InvalidScope('requested scope is not allowed', foreign);
    if (params.scope === undefined && params.grant_type === 'client_credentials') params.scope = allowed.join(' ');
  }
  return {
    scope: allowed.join(' '),
    audience: apiAudience,
    accessTokenTTL: accessTokenSeconds,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: signingAlgorithm } },
  };
}

interface IssuedClient {
  readonly clientId: string;
  readonly [name: string]: unknown;
}

/** The client has authenticated as what it was when this request began. */
async function requireUnchanged(client: IssuedClient, directory: IssuerDirectory): Promise<void> {
  const validAfter = validAfterOf(client);
  if (!(await waitForSecondAfter(validAfter))) return;
  const now = await directory.findClient(client.clientId);
  if (now?.tokensValidAfter.getTime() !== validAfter.getTime()) throw new errors.InvalidClient();
}

function asked(scope: unknown): readonly string[] {
  return typeof scope === 'string' ? scope.split(' ') : [];
}

function isStandard(scope: string): boolean {
  return standardScopes.some((standard) => standard === scope);
}

/**
 * The grant of the session and the client, with what is asked now. Nobody is asked to consent: the administrators have
 * decided what an application may do.
 */
export async function loadGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { provider, session, account, client } = ctx.oidc;
  if (account === undefined || client === undefined) return undefined;
  const grantId = session?.grantIdFor(client.clientId);
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant =
    known?.accountId === account.accountId
      ? known
      : new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
  const before = JSON.stringify([grant.openid, grant.resources]);
  const scopes = [...ctx.oidc.requestParamScopes];
  const standard = scopes.filter(isStandard);
  const api = scopes.filter((scope) => scopesOf(client).includes(scope));
  if (standard.length > 0) grant.addOIDCScope(standard);
  if (api.length > 0) grant.addResourceScope(apiAudience, api);
  if (grant !== known || JSON.stringify([grant.openid, grant.resources]) !== before) await grant.save();
  return grant;
}

/** @returns seconds: a new refresh token does not outlive the last day of its line */
export function refreshTokenSeconds(now: number, rotated: RefreshToken | undefined): number {
  if (rotated?.iiat === undefined) return refreshIdleSeconds;
  return Math.max(1, Math.min(refreshIdleSeconds, rotated.iiat + refreshTotalSeconds - now));
}

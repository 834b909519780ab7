import { type AdapterFactory, type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { signatureAlgorithms } from '../access/index.ts';
import { createInteractionPolicy, sessionSecondsMax } from './interaction-policy.ts';
import { acrValues, createFindAccount } from './issuer-accounts.ts';
import type { IssuerDirectory } from './issuer-directory.ts';
import {
  accessTokenSeconds,
  grantSeconds,
  loadGrant,
  refreshTokenSeconds,
  resourceServerFor,
  standardScopes,
} from './issuer-grants.ts';
import { apiAudience } from './issuer-names.ts';
import type { IssuerPages } from './issuer-pages.ts';
import { type SigningKey, signingAlgorithm } from './signing-keys.ts';

/** An assertion of `private_key_jwt` is remembered until it ends: a far end would fill the table. */
const assertionSecondsMax = 60 * 60;
/** A sign-in may include opening a mail and setting up an authenticator. */
const interactionSeconds = 60 * 60;

export interface ConfigurationParts {
  readonly adapter: AdapterFactory;
  readonly directory: IssuerDirectory;
  readonly pages: IssuerPages;
  /** The one that signs first. */
  readonly signingKeys: readonly SigningKey[];
  /** The one that signs first. */
  readonly cookieKeys: readonly Buffer[];
  readonly isHttps: boolean;
  /** Where a sign-in goes on. */
  readonly signInUrl: (uid: string) => string;
}

/** What is on is what Rollcall uses: code with PKCE, client credentials, refresh tokens. Everything else is off. */
export function configurationOf(parts: ConfigurationParts): Configuration {
  const { directory, pages } = parts;
  return {
    adapter: parts.adapter,
    jwks: { keys: parts.signingKeys.map(({ privateJwk: { kty = 'OKP', ...key } }) => ({ kty, ...key })) },
    cookies: cookiesOf(parts),
    features: featuresOf(parts),
    responseTypes: ['code'],
    // For confidential clients too (RFC 9700 section 2.1.1); the library knows S256 only.
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    scopes: [...standardScopes],
    acrValues: [...acrValues],
    claims: { openid: ['sub', 'name', 'auth_time', 'acr', 'amr'] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    clientDefaults: { id_token_signed_response_alg: signingAlgorithm },
    enabledJWA: {
      clientAuthSigningAlgValues: [...signatureAlgorithms],
      idTokenSigningAlgValues: [signingAlgorithm],
    },
    assertJwtClientAuthClaimsAndHeader: async (_ctx, claims) => checkAssertion(claims),
    extraClientMetadata: { properties: ['rollcall_scopes', 'rollcall_tokens_valid_after'] },
    clientBasedCORS: () => false,
    findAccount: createFindAccount(directory),
    loadExistingGrant: loadGrant,
    extraTokenClaims: async (ctx) => signInClaims(ctx),
    rotateRefreshToken: true,
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      AuthorizationCode: 60,
      IdToken: accessTokenSeconds,
      Interaction: interactionSeconds,
      Session: sessionSecondsMax,
      Grant: grantSeconds,
      RefreshToken: (ctx) => refreshTokenSeconds(Math.floor(Date.now() / 1_000), ctx.oidc.entities.RotatedRefreshToken),
    },
    interactions: { policy: createInteractionPolicy(), url: (_ctx, { uid }) => parts.signInUrl(uid) },
    renderError: (ctx, out) => pages.error(ctx, out),
    // Settings fetched from elsewhere (jwks_uri, sector identifiers) do not exist here.
    fetch: async () => {
      throw new Error('the issuer fetches nothing');
    },
  };
}

function cookiesOf({ isHttps, cookieKeys }: ConfigurationParts): Configuration['cookies'] {
  // Lax: the browser comes here from the client's own site.
  const options = { httpOnly: true, sameSite: 'lax', secure: isHttps, signed: true } as const;
  return {
    // The others are bound to a path, which __Host- does not allow. __Secure- keeps out what plain HTTP would plant: a
    // browser with the cookie of somebody else's sign-in would finish that one (RFC 6265bis, section 4.1.3.1).
    names: {
      session: isHttps ? '__Host-rollcall-issuer' : 'rollcall-issuer',
      interaction: isHttps ? '__Secure-rollcall-interaction' : 'rollcall-interaction',
      resume: isHttps ? '__Secure-rollcall-resume' : 'rollcall-resume',
    },
    long: { ...options, path: '/' },
    short: options,
    keys: [...cookieKeys],
  };
}

function featuresOf({ directory, pages }: ConfigurationParts): Configuration['features'] {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    // Its tokens would not be the API's; what is known of a person stands in the ID token.
    userinfo: { enabled: false },
    clientCredentials: { enabled: true },
    // A token that is another client's, or whose person is gone, is simply not active (RFC 7662 section 2.2).
    introspection: {
      enabled: true,
      allowedPolicy: async (_ctx, client, token) => {
        if (token.clientId !== client.clientId) return false;
        const personId = 'accountId' in token ? token.accountId : undefined;
        return typeof personId !== 'string' || (await directory.findPerson(personId)) !== undefined;
      },
    },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => pages.signOut(ctx, form),
      postLogoutSuccessSource: (ctx) => pages.signedOut(ctx),
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => apiAudience,
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource, client) => resourceServerFor(ctx, { resource, client, directory }),
    },
  };
}

/** How the person signed in, for whoever verifies the access token (RFC 9068 section 2.2.1). */
function signInClaims({ oidc }: KoaContextWithOIDC) {
  const source = oidc.entities.AuthorizationCode ?? oidc.entities.RefreshToken;
  if (source === undefined) return undefined;
  return { auth_time: source.authTime, acr: source.acr, amr: source.amr };
}

function checkAssertion(claims: { readonly exp?: unknown }): void {
  if (typeof claims.exp === 'number' && claims.exp <= Date.now() / 1_000 + assertionSecondsMax) return;
  throw new errors.InvalidClientAuth('exp of the client_assertion JWT is too far away');
}

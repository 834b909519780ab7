import { randomBytes } from 'node:crypto';
import type { AdapterPayload, JWK } from 'oidc-provider';
import type { IssuerClient } from './issuer-directory.ts';

/** Ours among the client's properties: what the library does not know. */
export const scopesProperty = 'rollcall_scopes';
export const tokensValidAfterProperty = 'rollcall_tokens_valid_after';

/**
 * The library wants a secret of who authenticates by one, and we have only its digest. This one is nobody's:
 * `compareClientSecret` asks the directory instead, and no algorithm is enabled that would take it as a key.
 */
const unusedSecret = randomBytes(32).toString('base64url');

/** RFC 8252 section 7.3; never `localhost`, which may lead elsewhere (section 8.3). */
const loopbackUri = /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?::\d+)?\//;

/** An application in the words of OpenID Connect Dynamic Client Registration section 2. */
export function clientMetadataOf(client: IssuerClient): AdapterPayload {
  const signsPeopleIn = client.authenticationType === 'authorizationCode';
  const hasSecret = client.clientAuthentication.startsWith('client_secret_');
  return {
    client_id: client.id,
    client_name: client.name,
    // The port of a native application is whatever is free when it starts; of all others it is compared too.
    application_type: isNative(client) ? 'native' : 'web',
    token_endpoint_auth_method: client.clientAuthentication,
    grant_types: signsPeopleIn ? ['authorization_code', 'refresh_token'] : ['client_credentials'],
    response_types: signsPeopleIn ? ['code'] : [],
    ...(signsPeopleIn ? { response_modes: ['query'] } : {}),
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    ...(hasSecret ? { client_secret: unusedSecret } : {}),
    ...(client.jwks === undefined ? {} : { jwks: { keys: client.jwks.keys.filter(isJwk).map(withEitherName) } }),
    [scopesProperty]: client.scopes,
    [tokensValidAfterProperty]: client.tokensValidAfter.getTime(),
  };
}

/** A public client on the person's own machine, and nothing but that. */
function isNative({ clientAuthentication, redirectUris }: IssuerClient): boolean {
  return clientAuthentication === 'none' && redirectUris.some((uri) => loopbackUri.test(uri));
}

/** EdDSA and Ed25519 (RFC 9864) name one algorithm, and libraries differ in which they write: the curve says enough. */
function withEitherName({ alg, ...key }: JWK): JWK {
  return key.kty === 'OKP' || alg === undefined ? key : { ...key, alg };
}

function isJwk(key: object): key is JWK {
  return 'kty' in key && typeof key.kty === 'string';
}

/** What a client may ask for; the property is ours, so another form is a mistake of ours. */
export function scopesOf(client: { readonly [name: string]: unknown }): readonly string[] {
  const scopes = client[scopesProperty];
  if (!Array.isArray(scopes)) throw new Error('a client without scopes');
  return scopes.filter((scope): scope is string => typeof scope === 'string');
}

/** When the client's tokens were last ended, as it was read with this request. */
export function validAfterOf(client: { readonly [name: string]: unknown }): Date {
  const validAfter = client[tokensValidAfterProperty];
  if (typeof validAfter !== 'number') throw new Error('a client without the time after which its tokens are valid');
  return new Date(validAfter);
}

/**
 * Tokens tell their age in whole seconds, rounded down: what was given out in the very second of a change is from
 * before it, as for who checks the tokens. What comes after it waits for the next second (`second-of-change.ts`).
 */
export function isBefore(seconds: number, validAfter: Date): boolean {
  return seconds * 1_000 < validAfter.getTime();
}

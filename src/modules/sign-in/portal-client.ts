import * as openid from 'openid-client';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';

/** The issuer of the portal: the embedded one, or an external one. */
export interface PortalIssuer {
  /** Exactly as its tokens name it. */
  readonly url: string;
  readonly clientId: string;
  /** Absent: a public client. */
  readonly clientSecret: string | undefined;
  /** What is asked for. */
  readonly scope: string;
  /** Its ID tokens always have `auth_time`: one without it is refused. */
  readonly saysWhen?: boolean;
  /** How it is reached; absent = over the network. */
  readonly fetch?: openid.CustomFetch;
}

/** What the issuer gave. It stays on the server. */
export interface TokenSet {
  readonly accessToken: string;
  readonly accessExpiresAt: Date;
  readonly refreshToken: string | undefined;
  readonly idToken: string | undefined;
}

/** What must be known again when the browser comes back from the issuer. */
export interface SignInStart {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** Milliseconds since 1970. */
  readonly beganAt: number;
}

export interface SignedIn extends TokenSet {
  readonly subject: string;
  /** By the issuer's word; undefined when it gave none. */
  readonly signedInAt: Date | undefined;
}

/** The issuer does not give what was asked: the code or the refresh token counts no longer. */
export class GrantRefused extends Error {
  override readonly name = 'GrantRefused';
}

export interface PortalClient {
  /** @returns where the browser goes */
  begin(redirectUri: string, start: SignInStart): Promise<string>;
  /** @throws GrantRefused when the answer does not belong to the start, or the issuer refused */
  finish(callback: URL, start: SignInStart): Promise<SignedIn>;
  /** @throws GrantRefused */
  refresh(refreshToken: string): Promise<TokenSet>;
  /** Ends the refresh token at the issuer, which ends what came of it. Best effort: the session is gone already. */
  revoke(tokens: Pick<TokenSet, 'refreshToken'>): Promise<void>;
  /** Where an external issuer ends its own session; undefined when it has no such page. */
  signOutUrl(idToken: string | undefined, returnTo: string): Promise<string | undefined>;
}

export function newSignInStart(now: Date): SignInStart {
  return {
    beganAt: now.getTime(),
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    codeVerifier: openid.randomPKCECodeVerifier(),
  };
}

/** What an issuer that says nothing is believed: RFC 6749 section 5.1 leaves it open. */
const lifeDefaultSeconds = 300;
/** Settings of an issuer may change while we run. */
const discoveryMs = 60 * 60_000;
const timeoutSeconds = 10;
/** Of the issuer's clock, as for its tokens. */
const toleranceMs = 30_000;

export function createPortalClient(deps: { issuer: () => PortalIssuer; clock: Clock }): PortalClient {
  const discovered = discoverOnce(deps);
  const tokensOf = (answer: openid.TokenEndpointResponse): TokenSet => ({
    accessToken: answer.access_token,
    accessExpiresAt: new Date(deps.clock.now().getTime() + (answer.expires_in ?? lifeDefaultSeconds) * 1_000),
    refreshToken: answer.refresh_token,
    idToken: answer.id_token,
  });
  return {
    async begin(redirectUri, { state, nonce, codeVerifier }) {
      const { scope } = deps.issuer();
      return openid.buildAuthorizationUrl(await discovered(), {
        redirect_uri: redirectUri,
        scope,
        state,
        nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        // A session of the issuer in this browser must not become one of ours by itself: somebody else may sit there.
        // `max_age` makes the issuer say when the sign-in was (OpenID Connect Core section 3.1.2.1).
        prompt: 'login',
        max_age: '0',
      }).href;
    },
    async finish(callback, start) {
      const configuration = await discovered();
      const answer = await asked(() =>
        openid.authorizationCodeGrant(configuration, callback, {
          expectedState: start.state,
          expectedNonce: start.nonce,
          pkceCodeVerifier: start.codeVerifier,
          idTokenExpected: true,
        }),
      );
      const { sub = '', auth_time: authTime } = answer.claims() ?? {};
      const signedInAt = authTime === undefined ? undefined : new Date(authTime * 1_000);
      refuseOldSignIn(deps.issuer(), start, signedInAt);
      return { ...tokensOf(answer), subject: sub, signedInAt };
    },
    async refresh(refreshToken) {
      const configuration = await discovered();
      const tokens = tokensOf(await asked(() => openid.refreshTokenGrant(configuration, refreshToken)));
      // An issuer that does not rotate gives no new one.
      return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
    },
    async revoke({ refreshToken }) {
      const configuration = await discovered();
      if (refreshToken === undefined || configuration.serverMetadata().revocation_endpoint === undefined) return;
      await openid.tokenRevocation(configuration, refreshToken, { token_type_hint: 'refresh_token' });
    },
    async signOutUrl(idToken, returnTo) {
      const configuration = await discovered();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      return openid.buildEndSessionUrl(configuration, {
        post_logout_redirect_uri: returnTo,
        ...(idToken === undefined ? {} : { id_token_hint: idToken }),
      }).href;
    },
  };
}

/** Whoever has the browser can take what we asked for out of the address; what the issuer signed they cannot change. */
function refuseOldSignIn(
  { saysWhen = false }: PortalIssuer,
  { beganAt }: SignInStart,
  signedInAt: Date | undefined,
): void {
  if (signedInAt === undefined ? saysWhen : signedInAt.getTime() < beganAt - toleranceMs) {
    throw new GrantRefused('the sign-in at the issuer is an older one, or without a time');
  }
}

/** The issuer's settings, read when they are first needed; a failure is not kept. */
function discoverOnce(deps: { issuer: () => PortalIssuer; clock: Clock }): () => Promise<openid.Configuration> {
  let known: { reading: Promise<openid.Configuration>; until: number } | undefined;
  return async () => {
    const now = deps.clock.now().getTime();
    if (known === undefined || known.until <= now)
      known = { reading: discover(deps.issuer()), until: now + discoveryMs };
    const { reading } = known;
    try {
      return await reading;
    } catch (cause) {
      if (known?.reading === reading) known = undefined;
      throw issuerSilent(cause);
    }
  };
}

async function discover(issuer: PortalIssuer): Promise<openid.Configuration> {
  const url = new URL(issuer.url);
  const authentication =
    issuer.clientSecret === undefined ? openid.None() : openid.ClientSecretBasic(issuer.clientSecret);
  return await openid.discovery(url, issuer.clientId, undefined, authentication, {
    timeout: timeoutSeconds,
    ...(issuer.fetch === undefined ? {} : { [openid.customFetch]: issuer.fetch }),
    execute: [
      // It holds also where TLS ends before the issuer, at a proxy.
      openid.enableNonRepudiationChecks,
      // Only for issuers on this machine: the settings refuse plain HTTP to any other.
      ...(url.protocol === 'http:' ? [openid.allowInsecureRequests] : []),
    ],
  });
}

/** Tells a refusal of the issuer, or an answer that does not fit, from an issuer that does not answer. */
async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const refused =
      cause instanceof openid.ResponseBodyError ||
      cause instanceof openid.AuthorizationResponseError ||
      cause instanceof openid.WWWAuthenticateChallengeError ||
      (cause instanceof openid.ClientError && !(cause.cause instanceof TypeError));
    if (refused) throw new GrantRefused('the issuer gave no tokens', { cause });
    throw issuerSilent(cause);
  }
}

function issuerSilent(cause: unknown): Problem {
  return new Problem('serviceUnavailable', {
    detail: 'The issuer does not answer now. Try again in a moment.',
    headers: { 'Retry-After': '5' },
    cause,
  });
}

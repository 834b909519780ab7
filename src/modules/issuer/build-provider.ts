import type { IncomingMessage, ServerResponse } from 'node:http';
import Provider, { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Logger } from 'pino';
import { databaseErrorFacts } from '../../db/error-facts.ts';
import { describeErrors } from '../../http/error-log.ts';
import type { AdapterDeps } from './issuer-adapter.ts';
import { createAdapterFactory } from './issuer-adapter.ts';
import { configurationOf } from './issuer-configuration.ts';
import type { IssuerDirectory } from './issuer-directory.ts';
import { standardScopes } from './issuer-grants.ts';
import { issuerPath } from './issuer-names.ts';
import { allowFormTarget, createIssuerPages, issuerPagePolicy, originOf } from './issuer-pages.ts';
import type { SigningKey } from './signing-keys.ts';

export interface ProviderParts extends AdapterDeps {
  readonly logger: Logger;
  /** `https://rollcall.example.com/oidc` */
  readonly issuer: string;
  readonly scopes: readonly string[];
  readonly signingKeys: readonly SigningKey[];
  readonly cookieKeys: readonly Buffer[];
}

/** A sign-in under way. */
export interface ProviderInteraction {
  readonly uid: string;
  readonly clientId: string;
  readonly loginHint: string | undefined;
  readonly redirectUri: string | undefined;
}

/** The library behind a few doors, for one issuer identifier and one set of keys. */
export interface BuiltProvider {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** @returns undefined when the sign-in has ended or belongs to another browser */
  interaction(request: IncomingMessage, response: ServerResponse): Promise<ProviderInteraction | undefined>;
  /** Ends the session of this browser, and what was given out in it. Without one nothing happens. */
  endSession(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** @returns where the browser goes now; undefined as above */
  finish(request: IncomingMessage, response: ServerResponse, result: InteractionOutcome): Promise<string | undefined>;
}

export type InteractionOutcome =
  | { readonly login: { accountId: string; acr: string; amr: string[]; remember: boolean } }
  | { readonly error: 'access_denied'; readonly error_description: string };

/** Loaded on first use: the library and Koa take time that no command should spend. */
export function buildProvider(parts: ProviderParts): BuiltProvider {
  const url = new URL(parts.issuer);
  const root = parts.issuer.slice(0, -issuerPath.length);
  const isHttps = url.protocol === 'https:';
  const pages = createIssuerPages({ root: new URL(`${root}/`).pathname.replace(/\/$/, '') });
  const provider = new Provider(
    parts.issuer,
    configurationOf({
      adapter: createAdapterFactory(parts),
      directory: parts.directory,
      pages,
      signingKeys: parts.signingKeys,
      cookieKeys: parts.cookieKeys,
      isHttps,
      signInUrl: (uid) => `${root}/sign-in/${uid}`,
    }),
  );
  // What it believes of the address is what `present` writes, not what a client sent.
  provider.proxy = true;
  useDirectorySecrets(provider, parts.directory);
  usePagePolicy(provider);
  useOwnMetadata(provider, parts.scopes);
  logTo(parts.logger, provider);
  const callback = provider.callback();
  const present = (request: IncomingMessage) => presentAs(url, request);
  return {
    async handle(request, response) {
      present(request);
      await callback(request, response);
    },
    interaction: (request, response) =>
      unlessEnded(async () => describe(await provider.interactionDetails(present(request), response))),
    async endSession(request, response) {
      const session = await provider.Session.get(provider.createContext(present(request), response));
      for (const clientId of Object.keys(session.authorizations ?? {})) {
        const grantId = session.grantIdFor(clientId);
        if (grantId !== undefined) await provider.RefreshToken.revokeByGrantId(grantId);
      }
      if (session.accountId !== undefined) await session.destroy();
    },
    finish: (request, response, result) =>
      unlessEnded(() =>
        provider.interactionResult(present(request), response, result, { mergeWithLastSubmission: false }),
      ),
  };
}

/** Only digests are stored, so the library cannot compare by itself. */
function useDirectorySecrets(provider: Provider, directory: IssuerDirectory): void {
  Object.defineProperty(provider.Client.prototype, 'compareClientSecret', {
    value(this: { readonly clientId: string }, presented: string) {
      return directory.verifySecret(this.clientId, presented);
    },
  });
}

const crossOriginHeaders = ['access-control-allow-origin', 'access-control-expose-headers'] as const;

function usePagePolicy(provider: Provider): void {
  provider.use(async (ctx, next) => {
    ctx.set('content-security-policy', issuerPagePolicy);
    const ours = crossOriginHeaders.map((name) => [name, ctx.response.get(name)] as const);
    await next();
    // Without an origin the library lets every one in; who may come in stands in the settings and on the answer already.
    for (const [name, value] of ours) {
      if (typeof value === 'string' && value !== '') ctx.set(name, value);
      else ctx.remove(name);
    }
    if (ctx.response.type !== 'text/html') return;
    const { params, entities } = ctx.oidc ?? {};
    const target = params?.post_logout_redirect_uri ?? entities?.Interaction?.params.redirect_uri;
    const policy: unknown = ctx.response.get('content-security-policy');
    if (typeof policy === 'string') ctx.set('content-security-policy', allowFormTarget(policy, originOf(target)));
  });
}

/** What the library says in its metadata without asking the configuration. */
function useOwnMetadata(provider: Provider, scopes: readonly string[]): void {
  provider.use(async (ctx, next) => {
    await next();
    const body: unknown = ctx.body;
    if (!ctx.path.startsWith('/.well-known/') || typeof body !== 'object' || body === null) return;
    ctx.body = { ...body, response_modes_supported: ['query'], scopes_supported: [...standardScopes, ...scopes] };
  });
}

/** Facts only: messages of errors quote values. */
function logTo(logger: Logger, provider: Provider): void {
  const failed = (error: unknown) =>
    logger.error({ errors: describeErrors(error), database: databaseErrorFacts(error) }, 'issuer failed');
  provider.onerror = failed;
  provider.on('server_error', (_ctx, error) => failed(error));
  const refused = (endpoint: string) => (ctx: KoaContextWithOIDC, error: { readonly error: string }) =>
    logger.info({ endpoint, error: error.error, ...callerOf(ctx) }, 'issuer refused');
  // The trail has what people do; of applications, which ask every few minutes, it would have little else.
  provider.on('grant.success', (ctx) => {
    if (ctx.oidc.params?.grant_type !== 'client_credentials') return;
    const { scope } = ctx.oidc.entities.ClientCredentials ?? {};
    logger.info({ ...callerOf(ctx), scopes: scope?.split(' ') ?? [] }, 'application got a token');
  });
  provider.on('authorization.error', refused('authorization'));
  provider.on('grant.error', refused('token'));
  provider.on('revocation.error', refused('revocation'));
  provider.on('introspection.error', refused('introspection'));
  provider.on('end_session.error', refused('endSession'));
}

/** Of a client only what is registered: another name may be anything. */
function callerOf(ctx: KoaContextWithOIDC): { address: string; applicationId: string | undefined } {
  return { address: ctx.ip, applicationId: ctx.oidc?.client?.clientId };
}

/**
 * Shows a request as one to the issuer's own address. The library makes addresses of what it finds there, and what a
 * client or a proxy says about the host is nothing to make addresses of.
 */
function presentAs(issuer: URL, request: IncomingMessage): IncomingMessage {
  const { headers } = request;
  headers.host = issuer.host;
  headers['x-forwarded-host'] = issuer.host;
  headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1);
  // No other origin is let in, so none is asked about.
  delete headers.origin;
  return request;
}

async function unlessEnded<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return undefined;
    throw error;
  }
}

function describe({
  uid,
  params,
}: {
  readonly uid: string;
  readonly params: { readonly [name: string]: unknown };
}): ProviderInteraction {
  const { client_id: clientId, login_hint: loginHint, redirect_uri: redirectUri } = params;
  return {
    uid,
    clientId: String(clientId),
    loginHint: typeof loginHint === 'string' ? loginHint : undefined,
    redirectUri: typeof redirectUri === 'string' ? redirectUri : undefined,
  };
}

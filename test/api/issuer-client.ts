import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before } from 'node:test';
import type { FastifyRequest } from 'fastify';
import * as client from 'openid-client';
import type { AppDependencies } from '../../src/app.ts';
import { randomId } from '../../src/lib/id.ts';
import { type Scope, scopes } from '../../src/modules/access/index.ts';
import {
  type CreatedApplication,
  createApplication,
  type NewApplication,
} from '../../src/modules/applications/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import type { TestEngine } from '../support/engines.ts';

export const redirectUri = 'https://client.example/callback';
export const postLogoutRedirectUri = 'https://client.example/signed-out';

export interface IssuerBank extends AsyncDisposable {
  readonly bank: TestApp;
  /** `http://127.0.0.1:<port>` */
  readonly base: string;
  /** `<base>/oidc` */
  readonly issuer: string;
  createApplication(application: Partial<NewApplication>, options?: { apiKey?: boolean }): Promise<CreatedApplication>;
  createPerson(): Promise<string>;
  /** What `openid-client` knows of the issuer, as this client. */
  discover(clientId: string, authentication?: client.ClientAuth): Promise<client.Configuration>;
}

/** Where a sign-in of the tests is finished: in place of the pages that ask for a password. */
const finishPath = '/test-sign-in';

/** The application on a port of its own, with a door that says who signed in. */
export async function startIssuer(engine: TestEngine, changes: Partial<AppDependencies> = {}): Promise<IssuerBank> {
  const bank = await startTestApp(engine, changes);
  bank.app.route({
    method: 'GET',
    url: `${finishPath}/:uid`,
    config: { public: true },
    schema: { hide: true, operationId: 'finishTestSignIn', querystring: { type: 'object' } },
    async handler(request, reply) {
      const { issuer } = bank.app;
      assert.ok(issuer);
      const interaction = await issuer.findInteraction(request, reply);
      if (interaction === undefined) return reply.code(410).send({});
      const { personId = '', amr = 'pwd' } = queryOf(request);
      if (personId === '') return reply.redirect(await issuer.refuseInteraction(request, reply), 303);
      const address = await issuer.finishInteraction(request, reply, { personId, amr: amr.split(' ') });
      return reply.redirect(address, 303);
    },
  });
  const base = await bank.app.listen({ host: '127.0.0.1', port: 0 });
  const issuer = `${base}/oidc`;
  return {
    bank,
    base,
    issuer,
    createApplication: (application, options) =>
      bank.database.asOperator((tx) =>
        createApplication(
          tx,
          {
            institutionId,
            name: `Test ${randomId()}`,
            authenticationType: 'clientCredentials',
            scopes: ['bankingAdmin/read', 'bankingAdmin/write'],
            at: bank.clock.now(),
            by: 'operator',
            ...application,
          },
          options,
        ),
      ),
    createPerson: () => createPerson(bank),
    discover: (clientId, authentication) =>
      client.discovery(new URL(issuer), clientId, undefined, authentication ?? client.None(), {
        execute: [client.allowInsecureRequests],
      }),
    [Symbol.asyncDispose]: () => bank.close(),
  };
}

/** One application for the tests of a suite, each with data of its own: starting one takes longer than most of them. */
export function shareIssuer(engine: TestEngine): () => IssuerBank {
  let shared: IssuerBank | undefined;
  before(async () => {
    shared = await startIssuer(engine);
  });
  after(() => shared?.[Symbol.asyncDispose]());
  return () => {
    assert.ok(shared);
    return shared;
  };
}

function queryOf(request: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(new URL(request.url, 'http://localhost').searchParams);
}

async function createPerson(bank: TestApp): Promise<string> {
  const id = randomId();
  const at = bank.clock.now();
  const since = new Date(Math.floor(at.getTime() / 1_000) * 1_000);
  await bank.database.asOperator(async (tx) => {
    await tx.db
      .insertInto('user_account')
      .values({
        institution_id: institutionId,
        id,
        login_name: `${id}@example.com`,
        name: 'Ada Lovelace',
        name_key: 'ada lovelace',
        state: 'active',
        password_hash: null,
        password_changed_at: null,
        totp_secret: null,
        totp_last_step: null,
        tokens_valid_after: since,
        revision: 1,
        created_at: at,
        created_by: 'test',
        updated_at: at,
        last_sign_in_at: null,
      })
      .execute();
    await tx.db
      .insertInto('user_grant')
      .values({
        institution_id: institutionId,
        user_account_id: id,
        home_institution_id: institutionId,
        roles: ['analyst'],
        created_at: at,
        created_by: 'test',
      })
      .execute();
  });
  return id;
}

/** A browser's cookies and its manners: one host, every path. */
export class Browser {
  readonly cookies = new Map<string, string>();

  async get(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: { ...Object.fromEntries(new Headers(init.headers)), cookie: this.header() },
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  }

  private header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

export interface SignIn {
  readonly browser?: Browser;
  /** Who signs in; '' = refuses. */
  readonly personId: string;
  readonly amr?: string;
}

/**
 * Follows an authorization request to its end: to the sign-in, through it, and back to where the client is called.
 *
 * @returns the address with the code or the error; undefined when the issuer shows a page instead
 */
export async function authorize(
  { base }: IssuerBank,
  url: URL,
  { browser = new Browser(), personId, amr = 'pwd' }: SignIn,
): Promise<{ callback: URL | undefined; last: Response }> {
  let last = await browser.get(url);
  for (let step = 0; step < 6; step += 1) {
    const location = last.headers.get('location');
    if (location === null) return { callback: undefined, last };
    const next = new URL(location, base);
    if (next.origin !== base || next.pathname === '/session/callback') return { callback: next, last };
    const uid = /^\/sign-in\/([^/]+)$/.exec(next.pathname)?.[1];
    const address = uid === undefined ? next : `${base}${finishPath}/${uid}?${new URLSearchParams({ personId, amr })}`;
    last = await browser.get(address);
  }
  throw new Error('the issuer sends the browser in circles');
}

export interface CodeRequest {
  readonly verifier: string;
  readonly parameters: Record<string, string>;
}

/** Parameters of an authorization request with PKCE. */
export function codeRequest(changes: Record<string, string> = {}): CodeRequest {
  const verifier = randomBytes(32).toString('base64url');
  const parameters = {
    redirect_uri: redirectUri,
    scope: 'openid bankingAdmin/read',
    state: randomBytes(8).toString('hex'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  };
  return { verifier, parameters };
}

/** Signs in and redeems the code with `openid-client`, which checks state, issuer, and the ID token. */
export async function signIn(
  bank: IssuerBank,
  config: client.Configuration,
  order: SignIn & { changes?: Record<string, string> },
) {
  const { verifier, parameters } = codeRequest(order.changes);
  const { callback } = await authorize(bank, client.buildAuthorizationUrl(config, parameters), order);
  assert.ok(callback, 'the issuer shows a page');
  return await client.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: verifier,
    expectedState: parameters.state ?? '',
    idTokenExpected: true,
  });
}

/** An application for people, with every scope. */
export function forPeople(application: Partial<NewApplication> = {}): Partial<NewApplication> {
  return {
    authenticationType: 'authorizationCode',
    clientAuthentication: 'none',
    scopes: [...scopes] satisfies Scope[],
    redirectUris: [redirectUri],
    postLogoutRedirectUris: [postLogoutRedirectUri],
    ...application,
  };
}

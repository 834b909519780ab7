import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { BuiltProvider, InteractionOutcome } from './build-provider.ts';
import type { IssuerClient, IssuerDirectory } from './issuer-directory.ts';
import { issuerPath } from './issuer-names.ts';
import { createIssuerSignIns, type IssuerSignIns } from './issuer-sign-ins.ts';
import { portalClient, withPortalClient } from './portal-client.ts';
import { createRecordSeal } from './record-seal.ts';
import { findAfterChange } from './second-of-change.ts';
import { createSecretCache, type InstallationSecret, type InstallationSecrets } from './secret-cache.ts';
import type { SigningKey, SigningKeys } from './signing-keys.ts';

export interface IssuerDeps {
  readonly database: Pick<Database, 'inAuthentication'>;
  readonly keyring: InstallationSecrets;
  readonly signingKeys: SigningKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly directory: IssuerDirectory;
  /** Every scope of the API: what the portal may ask for. */
  readonly scopes: readonly string[];
  /** Without a slash at its end. Asked with each request: the port is known only after listening. */
  readonly baseUrl: () => string;
}

/** The embedded issuer. What is about interactions is for the pages at `/sign-in/<uid>`. */
export interface Issuer {
  /** `<base>/oidc` */
  identifier(): string;
  /** What answers requests under /oidc; their addresses begin behind that, and nothing of them may have been read. */
  handler(): Promise<(request: IncomingMessage, response: ServerResponse) => Promise<void>>;
  /**
   * The sign-in that this browser has under way, by its cookie. Compare `uid` with the page's address.
   *
   * @returns undefined when it has ended, was never there, or belongs to another browser: begin again at the application
   */
  findInteraction(request: FastifyRequest, reply: FastifyReply): Promise<IssuerInteraction | undefined>;
  /**
   * Says who signed in.
   *
   * @param result.amr how, in the words of RFC 8176: `['pwd']`, `['pwd', 'otp']` ...
   * @returns where the browser goes now (303)
   * @throws Problem `conflict` when the sign-in has ended meanwhile
   */
  finishInteraction(
    request: FastifyRequest,
    reply: FastifyReply,
    result: { personId: string; amr: readonly string[] },
  ): Promise<string>;
  /** Ends the session of this browser at the issuer, and the refresh tokens that were given out in it. */
  endSession(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  readonly signIns: IssuerSignIns;
  /** The person does not want to sign in: the application hears `access_denied`. Otherwise as above. */
  refuseInteraction(request: FastifyRequest, reply: FastifyReply): Promise<string>;
}

export interface IssuerInteraction {
  readonly uid: string;
  /** The application's name, for people. */
  readonly application: string | undefined;
  /** Where the answer goes in the end: the form's page must allow that origin. */
  readonly redirectUri: string | undefined;
  /** What the application said about who will sign in. It is not checked. */
  readonly loginHint: string | undefined;
}

/** A cookie key signs once every server has read it; until then it only verifies. */
const cookieKeyAheadMs = 60_000;

export function createIssuer(deps: IssuerDeps): Issuer {
  const identifier = () => `${deps.baseUrl()}${issuerPath}`;
  const directory = withPortalClient(deps.directory, (): IssuerClient => portalClient(deps.baseUrl(), deps.scopes));
  const seal = createRecordSeal(deps);
  const cookieSecrets = createSecretCache(deps, 'cookie');
  let current: { readonly key: string; readonly provider: Promise<BuiltProvider> } | undefined;

  /** The library takes keys when it is built: it is built anew when they change, which happens four times a year. */
  async function provider(): Promise<BuiltProvider> {
    const signingKeys = await deps.signingKeys.list();
    const cookies = inOrderOfUse(await cookieSecrets.list(), deps.clock.now());
    const issuer = identifier();
    const key = keyOf({ issuer, signingKeys, cookies });
    if (current?.key !== key) {
      const cookieKeys = cookies.map(({ secret }) => Buffer.from(secret));
      const parts = { ...deps, directory, seal, issuer, signingKeys, cookieKeys };
      current = { key, provider: import('./build-provider.ts').then(({ buildProvider }) => buildProvider(parts)) };
    }
    return await current.provider;
  }

  async function finish(request: FastifyRequest, reply: FastifyReply, result: InteractionOutcome): Promise<string> {
    const url = await (await provider()).finish(request.raw, reply.raw, result);
    if (url !== undefined) return url;
    throw new Problem('conflict', { detail: 'This sign-in has ended. Begin again at the application.' });
  }

  return {
    identifier,
    handler: async () => (await provider()).handle,
    async findInteraction(request, reply) {
      const found = await (await provider()).interaction(request.raw, reply.raw);
      if (found === undefined) return undefined;
      const { clientId, ...interaction } = found;
      return { ...interaction, application: (await directory.findClient(clientId))?.name };
    },
    async finishInteraction(request, reply, { personId, amr }) {
      const { acrOf } = await import('./issuer-accounts.ts');
      // The time of this sign-in must be after that of a sign-out everywhere a moment ago.
      await findAfterChange(() => directory.findPerson(personId));
      const login = { accountId: personId, acr: acrOf(amr), amr: [...amr], remember: false };
      return await finish(request, reply, { login });
    },
    signIns: createIssuerSignIns({ ...deps, directory, seal }),
    endSession: async (request, reply) => (await provider()).endSession(request.raw, reply.raw),
    refuseInteraction: (request, reply) =>
      finish(request, reply, { error: 'access_denied', error_description: 'The person did not sign in.' }),
  };
}

function inOrderOfUse(newestFirst: readonly InstallationSecret[], now: Date): readonly InstallationSecret[] {
  const isKnownEverywhere = ({ createdAt }: InstallationSecret) =>
    now.getTime() - createdAt.getTime() >= cookieKeyAheadMs;
  return [
    ...newestFirst.filter(isKnownEverywhere),
    ...newestFirst.filter((one) => !isKnownEverywhere(one)).toReversed(),
  ];
}

function keyOf(parts: {
  issuer: string;
  signingKeys: readonly SigningKey[];
  cookies: readonly InstallationSecret[];
}): string {
  const kids = parts.signingKeys.map(({ kid }) => kid);
  return JSON.stringify([parts.issuer, kids, parts.cookies.map(({ generation }) => generation)]);
}

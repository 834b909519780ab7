import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../lib/clock.ts';
import { Problem } from '../lib/problem.ts';
import {
  AccessRefused,
  type AccessVerifier,
  hasRoleFor,
  type Principal,
  type RefusalReason,
  ruleOf,
  type SignInLack,
} from '../modules/access/index.ts';
import { checkFreshSignIn, type SignInSettings } from './fresh-sign-in.ts';
import type { CallerLimit } from './rate-limit.ts';
import { setPrincipal } from './request-context.ts';

export interface Denial {
  readonly principal: Principal;
  readonly operation: string;
  /** The id in the address, when it has the form of ours: another text may be somebody's data. */
  readonly resource: string | undefined;
  /** What was missing; names of ours only. */
  readonly detail: Readonly<Record<string, string>>;
}

export interface AuthenticationDeps {
  readonly access: AccessVerifier;
  /** Holds the caller to so many requests a minute, also those that are denied. */
  readonly limitCaller: CallerLimit;
  readonly clock: Clock;
  readonly signIn: SignInSettings;
  /** Keeps the denial in the audit trail, before it is answered. */
  recordDenial(denial: Denial): Promise<void>;
  /** What the portal's session cookie stands for; undefined without one. Asked only where no token is sent. */
  findSession?(request: FastifyRequest): Promise<SessionCredentials | undefined>;
  /** Counts a request that was not let in, and logs it where no audit trail has it because nobody knows who came. */
  noteRefusal(refusal: Refusal): void;
}

/** A session as the credentials of a call. */
export interface SessionCredentials {
  /** The access token that the server keeps, as a header has it. */
  readonly authorization: string;
  readonly institutionId: string;
  /** By the issuer's word when the session began; undefined when it gave none. */
  readonly signedInAt: Date | undefined;
  /** The call changes something, and nothing shows that a page of ours sent it. */
  readonly isForged: boolean;
}

export interface Refusal {
  readonly reason: RefusalReason | MissingRight['reason'];
  readonly requestId: string;
  /** Where from. */
  readonly address: string;
  readonly audited: boolean;
}

/**
 * Finds out who calls, counts the call, and lets nobody past who lacks the route's right: its scope in the token and
 * one of its roles; and no person whose sign-in is too old where the route asks for a fresh one. Everything is protected
 * that does not say `public: true`, also addresses under /service that do not exist and methods that they do not have.
 */
export function addAuthentication(app: FastifyInstance, deps: AuthenticationDeps): void {
  app.addHook('onRequest', async (request, reply) => {
    if (isPublic(request)) return;
    // What is behind a token belongs into no cache, neither a proxy's nor a browser's.
    reply.header('cache-control', 'no-store');
    // A token that is sent wins: no browser adds one by itself, so it needs no protection against other sites.
    const session = request.headers.authorization === undefined ? await deps.findSession?.(request) : undefined;
    const principal = await authenticate(request, reply, { session, deps });
    setPrincipal(request, principal);
    await deps.limitCaller(request, reply, { principal, refused: false });
    const denied =
      checkForgery(session) ??
      checkScope(request, principal) ??
      checkRole(request, principal) ??
      checkFreshSignIn(request, { principal, session }, { ...deps.signIn, clock: deps.clock });
    if (denied === undefined) return;
    deps.noteRefusal({ reason: denied.reason, requestId: request.id, address: request.ip, audited: true });
    await deps.recordDenial({ principal, ...attemptOf(request), detail: denied.audit });
    throw denied.problem;
  });
}

async function authenticate(
  request: FastifyRequest,
  reply: FastifyReply,
  { session, deps }: { session: SessionCredentials | undefined; deps: AuthenticationDeps },
): Promise<Principal> {
  try {
    return await deps.access.authenticate({
      authorization: session?.authorization ?? request.headers.authorization,
      apiKey: oneHeader(request, 'api-key'),
      institutionId: oneHeader(request, 'institution-id') ?? session?.institutionId,
      address: request.ip,
    });
  } catch (error) {
    if (!(error instanceof AccessRefused)) throw error;
    const { principal } = error;
    if (principal !== undefined) await deps.limitCaller(request, reply, { principal, refused: true });
    await note(error, request, deps);
    throw error;
  }
}

/** A refusal of somebody whose token has a good signature belongs into the audit trail of their home. */
async function note(refused: AccessRefused, request: FastifyRequest, deps: AuthenticationDeps): Promise<void> {
  const { reason, principal } = refused;
  deps.noteRefusal({ reason, requestId: request.id, address: request.ip, audited: principal !== undefined });
  if (principal === undefined) return;
  await deps.recordDenial({ principal, ...attemptOf(request), detail: { refused: reason } });
}

const ownId = /^[0-9a-f]{20}$/;

function attemptOf(request: FastifyRequest): Pick<Denial, 'operation' | 'resource'> {
  const params: readonly unknown[] = Object.values({ ...(typeof request.params === 'object' ? request.params : {}) });
  const resource = params.find((value) => typeof value === 'string' && ownId.test(value));
  return {
    operation: request.routeOptions.schema?.operationId ?? 'unknown',
    resource: typeof resource === 'string' ? resource : undefined,
  };
}

interface MissingRight {
  readonly reason: 'scope' | 'role' | 'forged' | SignInLack;
  readonly problem: Problem;
  readonly audit: Readonly<Record<string, string>>;
}

function isPublic(request: FastifyRequest): boolean {
  if (request.is404) return !/^\/service(?:[/?;]|$)/i.test(request.url);
  return request.routeOptions.config.public === true;
}

/** Node joins a header that is sent twice by ", ", which no key and no id contains. */
function oneHeader(request: FastifyRequest, name: 'api-key' | 'institution-id'): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function checkForgery(session: SessionCredentials | undefined): MissingRight | undefined {
  if (session?.isForged !== true) return undefined;
  return {
    reason: 'forged',
    problem: new Problem('forbidden', {
      detail: 'A change by session cookie needs the X-CSRF-Token of GET /session, sent by our own page.',
    }),
    audit: { missing: 'csrfToken' },
  };
}

function checkScope(request: FastifyRequest, principal: Principal): MissingRight | undefined {
  const { right } = request.routeOptions.config;
  if (right === undefined) return undefined;
  const { scope } = ruleOf(right);
  if (principal.scopes.has(scope)) return undefined;
  return {
    reason: 'scope',
    problem: new Problem('forbidden', {
      detail: `The access token lacks the scope ${scope}.`,
      attributes: { scope },
      // RFC 6750 section 3.1
      headers: { 'WWW-Authenticate': `Bearer realm="rollcall", error="insufficient_scope", scope="${scope}"` },
    }),
    audit: { missing: 'scope', scope },
  };
}

function checkRole(request: FastifyRequest, principal: Principal): MissingRight | undefined {
  const { right } = request.routeOptions.config;
  if (right === undefined || hasRoleFor(principal, right)) return undefined;
  const { roles } = ruleOf(right);
  return {
    reason: 'role',
    problem: new Problem('forbidden', {
      detail: `This needs one of the roles ${roles.join(', ')}.`,
      attributes: { roles },
    }),
    audit: { missing: 'role', right },
  };
}

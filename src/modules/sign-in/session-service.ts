import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Database } from '../../db/transaction.ts';
import { describeErrors } from '../../http/error-log.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AccessVerifier, Principal } from '../access/index.ts';
import { type Audit, actorOf } from '../audit/index.ts';
import type { People } from '../people/index.ts';
import { setCookie } from './browser-cookie.ts';
import { csrfTokenOf } from './form-protection.ts';
import type { PortalClient } from './portal-client.ts';
import { listInstitutionNames } from './portal-session-store.ts';
import type { PortalSessions } from './portal-sessions.ts';
import { type HeldSession, holdSession, secretOfCall, sessionModeOf, sessionSecretOf } from './session-desk.ts';
import { basePathOf } from './sign-in-desk.ts';

export interface SessionServiceDeps {
  readonly sessions: PortalSessions;
  readonly client: PortalClient;
  readonly access: Pick<AccessVerifier, 'authenticate' | 'institutionsOf'>;
  /** Undefined with an external issuer, whose people and sessions are its own. */
  readonly embedded: EmbeddedIssuer | undefined;
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly publicUrl: string | undefined;
  readonly baseUrl: () => string;
}

export interface EmbeddedIssuer {
  readonly people: Pick<People, 'endSessions'>;
  readonly issuer: { endSession(request: FastifyRequest, reply: FastifyReply): Promise<void> };
}

/** @throws Problem `unauthorized` */
export async function describeSession(deps: SessionServiceDeps, request: FastifyRequest) {
  const session = await holdSession(deps.sessions, sessionSecretOf(request, deps.publicUrl), { touch: false });
  return await viewOf(deps, session, await principalOf(deps, session, request));
}

/** @throws Problem `unauthorized`; `forbidden` for an institution that the person may not act for */
export async function chooseInstitution(deps: SessionServiceDeps, request: FastifyRequest, institutionId: string) {
  const secret = secretOfCall(request, deps.publicUrl);
  const held = await holdSession(deps.sessions, secret, { touch: true });
  const session = { ...held, institutionId };
  const principal = await principalOf(deps, session, request);
  await deps.sessions.chooseInstitution(secret, institutionId);
  return await viewOf(deps, session, principal);
}

/** Ends the session also when its token counts no longer: whoever wants to leave must be able to. */
export async function signOut(deps: SessionServiceDeps, request: FastifyRequest, reply: FastifyReply) {
  const secret = secretOfCall(request, deps.publicUrl);
  return { next_url: await endSession(deps, { request, reply, secret }) };
}

/** @returns where the browser goes: the external issuer's page, or ours */
export async function endSession(
  deps: SessionServiceDeps,
  { request, reply, secret }: { request: FastifyRequest; reply: FastifyReply; secret: string },
): Promise<string> {
  const session = await unlessFailed(deps, () => deps.sessions.find(secret, { touch: false }));
  await deps.sessions.end(secret);
  clearBrowser(deps, request, reply);
  if (session !== undefined) {
    await record(deps, { session: { ...session, secret }, request });
    await unlessFailed(deps, () => deps.client.revoke(session.tokens));
  }
  return await leaveIssuer(deps, { request, reply, idToken: session?.tokens.idToken });
}

/** What other servers and sessions hold ends too: all of it is from before now. */
export async function signOutEverywhere(deps: SessionServiceDeps, request: FastifyRequest, reply: FastifyReply) {
  const secret = secretOfCall(request, deps.publicUrl);
  const session = await holdSession(deps.sessions, secret, { touch: false });
  await principalOf(deps, session, request);
  // With an external issuer there is no account of ours: what it gave to others is its own to end.
  await deps.embedded?.people.endSessions({ personId: session.personId, address: request.ip });
  await deps.sessions.endAllOf(session.personId);
  clearBrowser(deps, request, reply);
  await unlessFailed(deps, () => deps.client.revoke(session.tokens));
  return { next_url: await leaveIssuer(deps, { request, reply, idToken: session.tokens.idToken }) };
}

/** @throws Problem as `AccessVerifier.authenticate`: whoever was disabled has no session any more */
async function principalOf(
  deps: SessionServiceDeps,
  session: HeldSession,
  request: FastifyRequest,
): Promise<Principal> {
  return await deps.access.authenticate({
    authorization: `Bearer ${session.tokens.accessToken}`,
    apiKey: undefined,
    institutionId: session.institutionId,
    address: request.ip,
  });
}

async function viewOf(deps: SessionServiceDeps, session: HeldSession, principal: Principal) {
  const ids = await deps.access.institutionsOf(`Bearer ${session.tokens.accessToken}`);
  const institutions = await deps.database.inAuthentication((tx) => listInstitutionNames(tx, ids));
  const { institutionId } = principal;
  return {
    person: { id: principal.id, name: principal.name },
    institution: institutions.find(({ id }) => id === institutionId) ?? { id: institutionId, name: institutionId },
    institutions: [...institutions],
    roles: [...principal.roles],
    scopes: [...principal.scopes],
    csrfToken: csrfTokenOf(session.secret),
    idleEndsAt: session.idleEndsAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
  };
}

async function record(
  deps: SessionServiceDeps,
  { session, request }: { session: HeldSession; request: FastifyRequest },
): Promise<void> {
  const principal = await principalOf(deps, session, request).catch(() => undefined);
  if (principal === undefined) return;
  const entry = { at: deps.clock.now(), actor: actorOf(principal), operation: 'signOut', outcome: 'done' } as const;
  await deps.database.inInstitution(principal.institutionId, (tx) => deps.audit.append(tx, { ...entry, detail: {} }));
}

/** @returns where the browser goes: the external issuer's page, or ours */
async function leaveIssuer(
  deps: SessionServiceDeps,
  at: { request: FastifyRequest; reply: FastifyReply; idToken: string | undefined },
): Promise<string> {
  const ours = `${basePathOf(deps.publicUrl)}/signed-out`;
  if (deps.embedded !== undefined) {
    await deps.embedded.issuer.endSession(at.request, at.reply);
    return ours;
  }
  const theirs = await unlessFailed(deps, () => deps.client.signOutUrl(at.idToken, `${deps.baseUrl()}/signed-out`));
  return theirs ?? ours;
}

/**
 * Whoever has the browser next finds nothing in it. Our cookie goes by its name: `"cookies"` would take those of the
 * bank's other services with it, for it means the whole domain (W3C Clear Site Data, section 3.1).
 */
function clearBrowser(deps: SessionServiceDeps, request: FastifyRequest, reply: FastifyReply): void {
  const mode = sessionModeOf(request, deps.publicUrl);
  setCookie(reply, { name: 'rollcall', mode, value: undefined });
  // Browsers believe it over TLS only.
  if (mode === 'secure') reply.header('clear-site-data', '"cache", "storage"');
}

/** The session is gone in any case; an issuer that does not answer must not keep anybody signed in here. */
async function unlessFailed<T>({ logger }: SessionServiceDeps, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    logger.warn({ errors: describeErrors(error) }, 'the issuer could not be told of a sign-out');
    return undefined;
  }
}

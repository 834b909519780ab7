import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { AccessVerifier } from '../access/index.ts';
import { readCookie, readSecret, setCookie } from './browser-cookie.ts';
import { continuePage, expiredPage, failurePage, insecurePage } from './message-pages.ts';
import { GrantRefused, newSignInStart, type PortalClient, type SignedIn, type TokenSet } from './portal-client.ts';
import type { PortalSessions } from './portal-sessions.ts';
import { goTo, originOf, type PageVisit, show, VisitRefused } from './sign-in-desk.ts';
import type { TokenSealer } from './token-sealer.ts';

/** A sign-in at an external issuer may include a letter from the help desk; then the person begins again. */
const startMs = 60 * 60_000;
const context = 'portal sign-in';

const startSchema = Type.Object({
  state: Type.String(),
  nonce: Type.String(),
  codeVerifier: Type.String(),
  beganAt: Type.Integer(),
  returnTo: Type.String(),
  endsAt: Type.Integer(),
});

export interface SessionStartDeps {
  readonly sessions: PortalSessions;
  readonly client: PortalClient;
  readonly sealer: TokenSealer;
  readonly access: Pick<AccessVerifier, 'authenticate' | 'institutionsOf'>;
  readonly clock: Clock;
  readonly baseUrl: () => string;
}

/**
 * Sends the browser to the issuer. What must be known when it comes back goes along in a sealed cookie: no stranger
 * fills a table by beginning sign-ins.
 */
export async function startSignIn(deps: SessionStartDeps, visit: PageVisit, returnTo: string): Promise<FastifyReply> {
  if (visit.mode === 'refused') throw new VisitRefused(insecurePage(), 400);
  const base = deps.baseUrl();
  // The issuer leads back to that address only, and cookies of another (localhost, 127.0.0.1) stay behind.
  if (originOf(visit.request, undefined) !== new URL(base).origin && visit.mode === 'loopback') {
    return visit.reply.redirect(`${base}/session/sign-in?${new URLSearchParams({ returnTo })}`, 303);
  }
  const start = newSignInStart(deps.clock.now());
  const endsAt = start.beganAt + startMs;
  const sealed = await deps.sealer.seal({ ...start, returnTo, endsAt }, context);
  const address = await deps.client.begin(callbackAddress(deps), start);
  setCookie(visit.reply, { name: 'rollcall-callback', mode: visit.mode, value: sealed.toString('base64url') });
  return visit.reply.header('cache-control', 'no-store').redirect(address, 303);
}

/**
 * Where the issuer sends the browser. It comes from another site, so that no cookie that is SameSite=Strict comes
 * along (RFC 6265bis, section 5.2); the page that answers leads on to our own address, and then they do.
 */
export function receiveCallback(visit: PageVisit, query: string): FastifyReply {
  return show(visit, continuePage(`${visit.basePath}/session/complete${query}`));
}

/** Takes the code and begins the session, under an identifier that nobody knew before. */
export async function completeSignIn(deps: SessionStartDeps, visit: PageVisit, query: string): Promise<FastifyReply> {
  const start = await readStart(deps, visit);
  setCookie(visit.reply, { name: 'rollcall-callback', mode: visit.mode, value: undefined });
  if (start === undefined) throw new VisitRefused(expiredPage(visit.startAddress), 410);
  const tokens = await tokensFor(deps, visit, { callback: new URL(`${callbackAddress(deps)}${query}`), start });
  const institutionIds = await institutionsFor(deps, visit, tokens);
  const secretBefore = readSecret(visit.request, 'rollcall', visit.mode);
  const before = secretBefore === undefined ? undefined : await deps.sessions.end(secretBefore);
  const institutionId = chosenInstitution(tokens, { institutionIds, before });
  const secret = await deps.sessions.begin(tokens, {
    personId: tokens.subject,
    institutionId,
    signedInAt: tokens.signedInAt,
    address: visit.request.ip,
  });
  setCookie(visit.reply, { name: 'rollcall', mode: visit.mode, value: secret });
  return goTo(visit, start.returnTo);
}

function callbackAddress({ baseUrl }: Pick<SessionStartDeps, 'baseUrl'>): string {
  return `${baseUrl()}/session/callback`;
}

async function readStart({ sealer, clock }: SessionStartDeps, visit: PageVisit) {
  const cookie = readCookie(visit.request, 'rollcall-callback', visit.mode);
  if (cookie === undefined) return undefined;
  const value = await sealer.open(Buffer.from(cookie, 'base64url'), context);
  return Value.Check(startSchema, value) && value.endsAt > clock.now().getTime() ? value : undefined;
}

async function tokensFor(
  { client }: SessionStartDeps,
  visit: PageVisit,
  { callback, start }: { callback: URL; start: Parameters<PortalClient['finish']>[1] },
): Promise<SignedIn> {
  try {
    return await client.finish(callback, start);
  } catch (error) {
    if (error instanceof GrantRefused) throw new VisitRefused(expiredPage(visit.startAddress), 410);
    throw error;
  }
}

/** Where the person may work: the home first. */
async function institutionsFor(
  { access }: SessionStartDeps,
  visit: PageVisit,
  tokens: TokenSet,
): Promise<readonly [string, ...string[]]> {
  const credentials = {
    authorization: `Bearer ${tokens.accessToken}`,
    apiKey: undefined,
    address: visit.request.ip,
  };
  try {
    const [first, ...others] = await access.institutionsOf(credentials.authorization);
    return [(await access.authenticate({ ...credentials, institutionId: first })).institutionId, ...others];
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    throw new VisitRefused(
      failurePage('This account may not use Rollcall, or not any more. Ask an administrator.'),
      403,
    );
  }
}

/** Who signs in anew in the middle of their work goes on where they were; it can be changed at any time. */
function chosenInstitution(
  { subject }: Pick<SignedIn, 'subject'>,
  {
    institutionIds,
    before,
  }: {
    institutionIds: readonly [string, ...string[]];
    before: { readonly personId: string; readonly institutionId: string } | undefined;
  },
): string {
  const goesOn = before?.personId === subject && institutionIds.includes(before.institutionId);
  return goesOn ? before.institutionId : institutionIds[0];
}

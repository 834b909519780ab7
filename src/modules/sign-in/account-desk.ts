import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import type { Issuer } from '../issuer/index.ts';
import type { OwnerProof, People, Person, SignInRefused } from '../people/index.ts';
import { setCookie } from './browser-cookie.ts';
import { csrfTokenOf, isCsrfToken, isFromOurPage } from './form-protection.ts';
import { failurePage, foreignFormPage, insecurePage, waitText } from './message-pages.ts';
import type { Page } from './page.ts';
import { type HeldSession, sessionSecretOf } from './session-desk.ts';
import type { SessionServiceDeps } from './session-service.ts';
import { goTo, keepSecret, originOf, type PageVisit, show, VisitRefused, visitOf } from './sign-in-desk.ts';
import { progressAt, type SignInProgresses } from './sign-in-progress.ts';

export interface AccountDeps extends SessionServiceDeps {
  /** Undefined with an external issuer, where passwords and second factors are. */
  readonly embedded: { readonly people: People; readonly issuer: Issuer } | undefined;
  readonly progresses: SignInProgresses;
  /** Of the external one. */
  readonly externalIssuerUrl: string | undefined;
  /** How old a sign-in may be that stands for a password. */
  readonly signInAgeSecondsMax: number;
}

/** Where a sign-in may lead back to: these and no other. */
export type AccountPath =
  | '/account'
  | '/account/password'
  | '/account/authenticator'
  | '/account/recovery-codes'
  | '/account/sessions';

/** What was done, as the address of the page says it after a form. */
export const doneThings = ['password', 'authenticator', 'session', 'others'] as const;
export type Done = (typeof doneThings)[number];

/** A page of the account, for somebody who is signed in. */
export interface AccountVisit extends PageVisit {
  readonly session: HeldSession;
  readonly principal: Principal;
  readonly csrf: string;
}

/**
 * The visit of somebody who is signed in to the portal.
 *
 * @param form what was sent; it must be from a page of ours, in this session
 * @returns undefined when nobody is, or not any more
 * @throws VisitRefused
 */
export async function enterAccount(
  deps: AccountDeps,
  at: { request: FastifyRequest; reply: FastifyReply },
  form: { csrf: string } | undefined,
): Promise<AccountVisit | undefined> {
  const { request, reply } = at;
  const visit = visitOf(request, reply, deps.publicUrl);
  if (visit.mode === 'refused') throw new VisitRefused(insecurePage(), 400);
  const secret = sessionSecretOf(request, deps.publicUrl);
  if (form !== undefined && !isOwnForm(deps, request, { secret, csrf: form.csrf })) {
    throw new VisitRefused(foreignFormPage(), 403);
  }
  const found = secret === undefined ? undefined : await deps.sessions.find(secret);
  if (secret === undefined || found === undefined) return undefined;
  const session: HeldSession = { ...found, secret };
  const principal = await principalOf(deps, session, request);
  return principal && { ...visit, session, principal, csrf: csrfTokenOf(secret) };
}

/** Without a cookie there is nothing that another site could misuse: that browser is led to the sign-in. */
function isOwnForm(
  { publicUrl }: AccountDeps,
  request: FastifyRequest,
  { secret, csrf }: { secret: string | undefined; csrf: string },
): boolean {
  if (!isFromOurPage(request, originOf(request, publicUrl))) return false;
  return secret === undefined || isCsrfToken(secret, csrf);
}

/** Whoever was disabled or signed out everywhere has a cookie still, and no session. */
async function principalOf(
  deps: AccountDeps,
  session: HeldSession,
  request: FastifyRequest,
): Promise<Principal | undefined> {
  try {
    return await deps.access.authenticate({
      authorization: `Bearer ${session.tokens.accessToken}`,
      apiKey: undefined,
      institutionId: session.institutionId,
      address: request.ip,
    });
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return undefined;
    throw error;
  }
}

export function askToSignIn(visit: PageVisit, returnTo: AccountPath): FastifyReply {
  return goTo(visit, `/session/sign-in?${new URLSearchParams({ returnTo })}`);
}

/** The account behind the visit. @throws VisitRefused with an external issuer: it is kept there */
export async function ownAccount(
  deps: AccountDeps,
  visit: AccountVisit,
): Promise<{ readonly people: People; readonly person: Person }> {
  const people = deps.embedded?.people;
  if (people === undefined) throw new VisitRefused(elsewherePage(deps), 404);
  const person = await people.findPerson(visit.session.personId);
  if (person === undefined) throw new VisitRefused(failurePage('This account is gone.'), 404);
  return { people, person };
}

function elsewherePage({ externalIssuerUrl }: AccountDeps): Page {
  return failurePage(
    `Your password and your second factor are kept at ${issuerHost(externalIssuerUrl)}. Change them there.`,
  );
}

/** The name of the external issuer, for people. */
export function issuerHost(url: string | undefined): string {
  return url === undefined ? 'your sign-in service' : new URL(url).host;
}

/** What the fields of a form say about who fills it in. */
export function proofOf(visit: AccountVisit, form: { password: string; code?: string }): OwnerProof {
  return { personId: visit.session.personId, password: form.password, code: form.code, address: visit.request.ip };
}

/** Says that the password or the code was wrong: 429 with `Retry-After` while a next try is not looked at. */
export function showWrongProof(
  visit: AccountVisit,
  { person, refused }: { person: Person; refused: SignInRefused },
  pageOf: (wrong: string) => Page,
): FastifyReply {
  const wrong = person.hasSecondFactor
    ? 'The password or the code is not right. Each code works once.'
    : 'The password is not right.';
  const { retryAfterSeconds } = refused;
  if (retryAfterSeconds === undefined) return show(visit, pageOf(wrong), { status: 422 });
  visit.reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
  const page = pageOf(`${wrong} There were too many tries: wait ${waitText(retryAfterSeconds)}, then try again.`);
  return show(visit, page, { status: 429 });
}

/**
 * Everything of the person has ended, this session too, and this browser goes on: it has just shown all that a sign-in
 * asks for, so the sign-in that follows asks for nothing. Its session has another identifier from then on (ASVS 5.0,
 * 7.2.4).
 *
 * @param at the moment of the end: what ends the person's sessions after it ends this too
 */
export async function keepThisBrowser(
  deps: AccountDeps,
  visit: AccountVisit,
  { person, at }: { person: Person; at: Date },
): Promise<void> {
  const amr = person.hasSecondFactor ? ['pwd', 'otp', 'mfa'] : ['pwd'];
  const secret = await deps.progresses.advance(
    progressAt('complete', person, { interactionUid: undefined, amr, begunAt: at }),
    {},
  );
  await deps.sessions.endAllOf(person.id);
  setCookie(visit.reply, { name: 'rollcall', mode: visit.mode, value: undefined });
  keepSecret(visit, secret);
}

/** Through the issuer, which gives new tokens, and back to the account. */
export function goOnAs(done: Done): string {
  return `/session/sign-in?${new URLSearchParams({ returnTo: `/account?done=${done}` })}`;
}

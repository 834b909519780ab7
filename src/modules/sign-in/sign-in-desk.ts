import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../lib/clock.ts';
import type { People } from '../people/index.ts';
import { type CookieMode, cookieModeOf, newSecret, readSecret, setCookie } from './browser-cookie.ts';
import { isCsrfToken, isFromOurPage } from './form-protection.ts';
import { cookiesBlockedPage, expiredPage, foreignFormPage, insecurePage } from './message-pages.ts';
import { formTargetOf, type Page, sendPage } from './page.ts';
import type { SignInProgress, SignInProgresses, SignInStep } from './sign-in-progress.ts';

/** What an application asked the embedded issuer for, and where the answer goes. */
export interface SignInInteraction {
  readonly uid: string;
  /** The application's name, for people. */
  readonly application: string | undefined;
  readonly redirectUri: string | undefined;
}

export interface SignInResult {
  readonly personId: string;
  /** RFC 8176. */
  readonly amr: readonly string[];
}

/** What the pages need of the embedded issuer. */
export interface SignInIssuer {
  /** Undefined when there is none of this browser, or no longer. */
  findInteraction(request: FastifyRequest, reply: FastifyReply): Promise<SignInInteraction | undefined>;
  /** @returns where the browser goes on */
  finishInteraction(request: FastifyRequest, reply: FastifyReply, result: SignInResult): Promise<string>;
}

export interface SignInDeps {
  readonly people: People;
  readonly issuer: SignInIssuer;
  readonly progresses: SignInProgresses;
  readonly clock: Clock;
  readonly publicUrl: string | undefined;
}

/** A request that asks for a page, with the means to answer it. */
export interface PageVisit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly mode: CookieMode;
  readonly basePath: string;
  /** Where a sign-in begins. */
  readonly startAddress: string;
}

export function visitOf(request: FastifyRequest, reply: FastifyReply, publicUrl: string | undefined): PageVisit {
  const basePath = basePathOf(publicUrl);
  const mode = cookieModeOf(request, publicUrl);
  return { request, reply, mode, basePath, startAddress: `${basePath}/session/sign-in` };
}

export function basePathOf(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
}

/** What the browser calls us. */
export function originOf(request: FastifyRequest, publicUrl: string | undefined): string {
  return publicUrl === undefined ? `${request.protocol}://${request.host}` : new URL(publicUrl).origin;
}

export function show(
  visit: PageVisit,
  page: Page,
  options: { status?: number; interaction?: SignInInteraction | undefined } = {},
): FastifyReply {
  const { interaction, ...rest } = options;
  const formTarget = formTargetOf(interaction?.redirectUri);
  return sendPage(visit.reply, page, { ...rest, basePath: visit.basePath, formTarget });
}

/** After a form: the browser asks for the next page by GET, so that reloading sends nothing twice. */
export function goTo(visit: PageVisit, path: string): FastifyReply {
  return visit.reply.header('cache-control', 'no-store').redirect(`${visit.basePath}${path}`, 303);
}

/** Ends a visit with a page that says why; the error handler of the pages shows it. */
export class VisitRefused extends Error {
  override readonly name = 'VisitRefused';
  readonly page: Page;
  readonly status: number;

  constructor(page: Page, status: number) {
    super('the visit was refused');
    this.page = page;
    this.status = status;
  }
}

export function expired(visit: PageVisit): VisitRefused {
  return new VisitRefused(expiredPage(visit.startAddress), 410);
}

/** The secret of this browser, made when it has none. @throws VisitRefused over plain HTTP */
export function secretForPage(visit: PageVisit): string {
  if (visit.mode === 'refused') throw new VisitRefused(insecurePage(), 400);
  const known = readSecret(visit.request, 'rollcall-sign-in', visit.mode);
  if (known !== undefined) return known;
  const made = newSecret();
  keepSecret(visit, made);
  return made;
}

/** @param secret undefined: the browser forgets it */
export function keepSecret(visit: PageVisit, secret: string | undefined): void {
  setCookie(visit.reply, { name: 'rollcall-sign-in', mode: visit.mode, value: secret });
}

/**
 * The secret of the browser that sent a form: a page of ours sent it, its cookie came along, and the form's token
 * belongs to the cookie.
 *
 * @throws VisitRefused
 */
export function secretOfForm(visit: PageVisit, form: { csrf: string }, publicUrl: string | undefined): string {
  if (visit.mode === 'refused') throw new VisitRefused(insecurePage(), 400);
  if (!isFromOurPage(visit.request, originOf(visit.request, publicUrl))) throw new VisitRefused(foreignFormPage(), 403);
  const secret = readSecret(visit.request, 'rollcall-sign-in', visit.mode);
  if (secret === undefined) throw new VisitRefused(cookiesBlockedPage(), 400);
  if (!isCsrfToken(secret, form.csrf)) throw new VisitRefused(foreignFormPage(), 403);
  return secret;
}

/** In the addresses of steps, the place of the interaction when there is none. */
const withoutInteraction = 'setup';

export function stepAddress(progress: Pick<SignInProgress, 'interactionUid' | 'step'>): string {
  const path = { secondFactor: 'code', enrolment: 'authenticator', recoveryCodes: 'recovery-codes', complete: '' };
  return `/sign-in/${progress.interactionUid ?? withoutInteraction}/${path[progress.step]}`;
}

export interface StepVisit extends PageVisit {
  readonly secret: string;
  readonly progress: SignInProgress;
  /** Undefined for a sign-in by link. */
  readonly interaction: SignInInteraction | undefined;
}

/**
 * The sign-in that this browser is in, at exactly this step of exactly this interaction.
 *
 * @throws VisitRefused when it is not
 */
export async function enterStep(
  deps: SignInDeps,
  visit: PageVisit,
  at: { uid: string; step: SignInStep; secret: string },
): Promise<StepVisit> {
  const progress = await deps.progresses.find(at.secret);
  const uid = at.uid === withoutInteraction ? undefined : at.uid;
  if (progress === undefined || progress.step !== at.step || progress.interactionUid !== uid) throw expired(visit);
  if (uid === undefined) return { ...visit, secret: at.secret, progress, interaction: undefined };
  const interaction = await deps.issuer.findInteraction(visit.request, visit.reply);
  if (interaction?.uid !== uid) throw expired(visit);
  return { ...visit, secret: at.secret, progress, interaction };
}

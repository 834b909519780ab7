import type { FastifyReply } from 'fastify';
import type { NextStep, Person, SignInRefused } from '../people/index.ts';
import { csrfTokenOf } from './form-protection.ts';
import { linkUnusablePage, waitText } from './message-pages.ts';
import type { Page } from './page.ts';
import {
  expired,
  goTo,
  keepSecret,
  type PageVisit,
  type SignInDeps,
  type SignInInteraction,
  type StepVisit,
  secretForPage,
  show,
  stepAddress,
  VisitRefused,
} from './sign-in-desk.ts';
import {
  authenticatorPage,
  codePage,
  linkPage,
  passwordPage,
  passwordRefusalText,
  recoveryCodePage,
  recoveryCodesGonePage,
  recoveryCodesPage,
} from './sign-in-pages.ts';
import { progressAt, type SignInProgress } from './sign-in-progress.ts';

const refusedStatus = 422;

/** The first page. A browser that has just set up its account by link has shown all there is to show. */
export async function openPassword(deps: SignInDeps, visit: PageVisit, uid: string): Promise<FastifyReply> {
  const secret = secretForPage(visit);
  const interaction = await interactionOf(deps, visit, uid);
  const progress = await deps.progresses.find(secret);
  if (progress?.step === 'complete') return await finish(deps, visit, { secret, progress });
  return show(visit, passwordForm(secret, interaction, {}), { interaction });
}

export async function takePassword(
  deps: SignInDeps,
  visit: PageVisit,
  form: { uid: string; secret: string; loginName: string; password: string },
): Promise<FastifyReply> {
  const interaction = await interactionOf(deps, visit, form.uid);
  const { loginName, password } = form;
  const begunAt = deps.clock.now();
  const outcome = await deps.people.verifyPassword({ loginName, password, address: visit.request.ip });
  if (outcome.outcome === 'refused') {
    const wrong = 'The login name or the password is not right.';
    return showRefusal(visit, outcome, wrong, (text) => ({
      page: passwordForm(form.secret, interaction, { loginName, wrong: text }),
      interaction,
    }));
  }
  return await proceed(deps, visit, {
    person: outcome.person,
    next: outcome.next,
    begunAt,
    interactionUid: interaction.uid,
    replaces: undefined,
  });
}

/** Looking at a link uses nothing up: mail programs and scanners look too. */
export async function openLink(deps: SignInDeps, visit: PageVisit, token: string): Promise<FastifyReply> {
  const secret = secretForPage(visit);
  const link = await deps.people.findSignInLink(token);
  if (link === undefined) throw new VisitRefused(linkUnusablePage(), 410);
  return show(visit, linkForm(secret, link.person, undefined));
}

export async function takeLink(
  deps: SignInDeps,
  visit: PageVisit,
  form: { token: string; secret: string; password: string; repeated: string },
): Promise<FastifyReply> {
  const link = await deps.people.findSignInLink(form.token);
  if (link === undefined) throw new VisitRefused(linkUnusablePage(), 410);
  const again = (wrong: string) => show(visit, linkForm(form.secret, link.person, wrong), { status: refusedStatus });
  if (form.password !== form.repeated) return again('The two passwords differ. Type both once more.');
  const { token, password } = form;
  const outcome = await deps.people.redeemSignInLink({ token, password, address: visit.request.ip });
  if (outcome.outcome === 'unusable') throw new VisitRefused(linkUnusablePage(), 410);
  if (outcome.outcome === 'refused') return again(passwordRefusalText(outcome.reason));
  const { person, next } = outcome;
  // The password that was chosen ends what was before it; this begins after it.
  const begunAt = deps.clock.now();
  return await proceed(deps, visit, { person, next, begunAt, interactionUid: undefined, replaces: undefined });
}

export function openCode(visit: StepVisit, way: 'totp' | 'recoveryCode'): FastifyReply {
  return show(visit, codeForm(visit, way, undefined), visit);
}

export async function takeCode(
  deps: SignInDeps,
  visit: StepVisit,
  form: { way: 'totp' | 'recoveryCode'; code: string },
): Promise<FastifyReply> {
  const { personId } = visit.progress;
  const outcome = await deps.people.verifySecondFactor({ personId, code: form.code, address: visit.request.ip });
  if (outcome.outcome === 'refused') {
    const wrong =
      form.way === 'totp' ? 'The code is not right. Each code works once.' : 'The recovery code is not right.';
    return showRefusal(visit, outcome, wrong, (text) => ({ page: codeForm(visit, form.way, text), ...visit }));
  }
  return await complete(deps, visit, ['pwd', 'otp', 'mfa']);
}

export async function openEnrolment(deps: SignInDeps, visit: StepVisit): Promise<FastifyReply> {
  const enrolment = await deps.people.beginEnrolment(visit.progress.personId);
  return show(visit, authenticatorPage({ csrf: csrfTokenOf(visit.secret), enrolment }), visit);
}

export async function takeEnrolment(
  deps: SignInDeps,
  visit: StepVisit,
  form: { enrolment: string; code: string },
): Promise<FastifyReply> {
  const { personId } = visit.progress;
  const attempt = { personId, sealed: form.enrolment, code: form.code, address: visit.request.ip };
  const outcome = await deps.people.confirmEnrolment(attempt);
  const csrf = csrfTokenOf(visit.secret);
  if (outcome.outcome === 'wrongCode') {
    const wrong = 'The code is not right. Check that your phone shows the right time, and type the code of now.';
    return show(visit, authenticatorPage({ csrf, enrolment: outcome.enrolment, wrong }), {
      ...visit,
      status: refusedStatus,
    });
  }
  if (outcome.outcome !== 'enrolled') throw expired(visit);
  const progress: SignInProgress = { ...visit.progress, step: 'recoveryCodes', amr: ['pwd', 'otp', 'mfa'] };
  const secret = await advance(deps, visit, progress, visit.secret);
  return showCodes({ ...visit, secret, progress }, outcome.recoveryCodes);
}

export function openRecoveryCodes(visit: StepVisit): FastifyReply {
  return show(visit, recoveryCodesGonePage({ csrf: csrfTokenOf(visit.secret) }), visit);
}

export async function takeRecoveryCodes(
  deps: SignInDeps,
  visit: StepVisit,
  action: 'continue' | 'renew',
): Promise<FastifyReply> {
  if (action === 'continue') return await complete(deps, visit, visit.progress.amr);
  const { personId } = visit.progress;
  return showCodes(visit, await deps.people.renewRecoveryCodes({ personId, address: visit.request.ip }));
}

/** They are in this one answer and nowhere else. */
function showCodes(visit: StepVisit, codes: readonly string[]): FastifyReply {
  const base = baseOf(visit);
  return show(visit, recoveryCodesPage({ csrf: csrfTokenOf(visit.secret), base, codes }), visit);
}

/** What comes after a password, or a link and the password chosen with it. */
async function proceed(
  deps: SignInDeps,
  visit: PageVisit,
  at: {
    person: Person;
    next: NextStep;
    begunAt: Date;
    interactionUid: string | undefined;
    replaces: string | undefined;
  },
): Promise<FastifyReply> {
  const step = at.next === 'done' ? 'complete' : at.next;
  const { interactionUid, begunAt } = at;
  const progress = progressAt(step, at.person, { interactionUid, begunAt, amr: ['pwd'] });
  const secret = await advance(deps, visit, progress, at.replaces);
  return step === 'complete' ? await leave(deps, visit, { secret, progress }) : goTo(visit, stepAddress(progress));
}

async function complete(deps: SignInDeps, visit: StepVisit, amr: readonly string[]): Promise<FastifyReply> {
  const progress: SignInProgress = { ...visit.progress, step: 'complete', amr };
  const secret = await advance(deps, visit, progress, visit.secret);
  return await leave(deps, visit, { secret, progress });
}

/** A link leads to no application: the person goes on to one, and is not asked again. */
async function leave(
  deps: SignInDeps,
  visit: PageVisit,
  done: { secret: string; progress: SignInProgress },
): Promise<FastifyReply> {
  return done.progress.interactionUid === undefined ? goTo(visit, '/sign-in/ready') : await finish(deps, visit, done);
}

async function finish(
  deps: SignInDeps,
  visit: PageVisit,
  { secret, progress }: { secret: string; progress: SignInProgress },
): Promise<FastifyReply> {
  // Whoever ends it first finishes the interaction; the same sign-in never counts twice.
  if (!(await deps.progresses.end(secret))) throw expired(visit);
  keepSecret(visit, undefined);
  const { personId, amr } = progress;
  const address = await deps.issuer.finishInteraction(visit.request, visit.reply, { personId, amr });
  return visit.reply.header('cache-control', 'no-store').redirect(address, 303);
}

async function advance(
  deps: SignInDeps,
  visit: PageVisit,
  progress: SignInProgress,
  replaces: string | undefined,
): Promise<string> {
  const secret = await deps.progresses.advance(progress, replaces === undefined ? {} : { replaces });
  if (secret === undefined) throw expired(visit);
  keepSecret(visit, secret);
  return secret;
}

async function interactionOf(deps: SignInDeps, visit: PageVisit, uid: string): Promise<SignInInteraction> {
  const interaction = await deps.issuer.findInteraction(visit.request, visit.reply);
  if (interaction?.uid !== uid) throw expired(visit);
  return interaction;
}

/** Why it was refused, and how long to wait: 429 with `Retry-After` while a next try is not looked at. */
function showRefusal(
  visit: PageVisit,
  refused: SignInRefused,
  wrong: string,
  pageOf: (wrong: string) => { page: Page; interaction?: SignInInteraction | undefined },
): FastifyReply {
  const { retryAfterSeconds } = refused;
  if (retryAfterSeconds === undefined) {
    const { page, interaction } = pageOf(wrong);
    return show(visit, page, { status: refusedStatus, interaction });
  }
  const { page, interaction } = pageOf(
    `${wrong} There were too many tries: wait ${waitText(retryAfterSeconds)}, then try again.`,
  );
  visit.reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
  return show(visit, page, { status: 429, interaction });
}

function passwordForm(
  secret: string,
  interaction: SignInInteraction,
  tried: { loginName?: string; wrong?: string },
): Page {
  const { application } = interaction;
  return passwordPage({ csrf: csrfTokenOf(secret), application, loginName: tried.loginName ?? '', wrong: tried.wrong });
}

function linkForm(secret: string, person: Person, wrong: string | undefined): Page {
  return linkPage({ csrf: csrfTokenOf(secret), name: person.name, loginName: person.loginName, wrong });
}

function codeForm(visit: StepVisit, way: 'totp' | 'recoveryCode', wrong: string | undefined): Page {
  const form = { csrf: csrfTokenOf(visit.secret), base: baseOf(visit), wrong };
  return way === 'totp' ? codePage(form) : recoveryCodePage(form);
}

function baseOf(visit: StepVisit): string {
  return `${visit.basePath}${stepAddress(visit.progress)}`.replace(/\/[^/]*$/, '');
}

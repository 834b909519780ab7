import type { FastifyReply } from 'fastify';
import { actorOf } from '../audit/index.ts';
import {
  type AccountDeps,
  type AccountVisit,
  type Done,
  goOnAs,
  issuerHost,
  keepThisBrowser,
  ownAccount,
  proofOf,
  showWrongProof,
} from './account-desk.ts';
import {
  accountPage,
  changePasswordPage,
  foreignAccountPage,
  leavingPage,
  newAuthenticatorPage,
  newCodesPage,
  renewCodesPage,
  replaceAuthenticatorPage,
} from './account-pages.ts';
import { type OwnSession, type SessionsView, sessionsPage } from './account-sessions-page.ts';
import { failurePage } from './message-pages.ts';
import { endSession } from './session-service.ts';
import { expired, goTo, show, VisitRefused } from './sign-in-desk.ts';
import { passwordRefusalText } from './sign-in-pages.ts';

const refusedStatus = 422;

interface ProofForm {
  readonly password: string;
  readonly code?: string;
}

export async function openAccount(
  deps: AccountDeps,
  visit: AccountVisit,
  done: Done | undefined,
): Promise<FastifyReply> {
  if (deps.embedded === undefined) {
    const issuer = issuerHost(deps.externalIssuerUrl);
    return show(visit, foreignAccountPage(visit, { name: visit.principal.name, issuer, done }));
  }
  const { person } = await ownAccount(deps, visit);
  return show(visit, accountPage(visit, { ...person, done }));
}

export async function openChangePassword(deps: AccountDeps, visit: AccountVisit): Promise<FastifyReply> {
  const { person } = await ownAccount(deps, visit);
  return show(visit, changePasswordPage(visit, person, {}));
}

export async function takeChangePassword(
  deps: AccountDeps,
  visit: AccountVisit,
  form: ProofForm & { newPassword: string; repeated: string },
): Promise<FastifyReply> {
  const { people, person } = await ownAccount(deps, visit);
  const again = (wrong: string) => changePasswordPage(visit, person, { wrong });
  const { newPassword, repeated } = form;
  if (newPassword !== repeated) {
    return show(visit, again('The two new passwords differ. Type both once more.'), { status: refusedStatus });
  }
  const outcome = await people.changePassword({ ...proofOf(visit, form), newPassword });
  if (outcome.outcome === 'unsuitable') {
    return show(visit, again(passwordRefusalText(outcome.reason)), { status: refusedStatus });
  }
  if (outcome.outcome === 'refused') return showWrongProof(visit, { person, refused: outcome }, again);
  await keepThisBrowser(deps, visit, { person, at: outcome.at });
  return goTo(visit, goOnAs('password'));
}

export async function openAuthenticator(deps: AccountDeps, visit: AccountVisit): Promise<FastifyReply> {
  const { person } = await ownAccount(deps, visit);
  return show(visit, replaceAuthenticatorPage(visit, person, {}));
}

export async function takeAuthenticator(
  deps: AccountDeps,
  visit: AccountVisit,
  form: ProofForm,
): Promise<FastifyReply> {
  const { people, person } = await ownAccount(deps, visit);
  const outcome = await people.beginReplacement(proofOf(visit, form));
  if (outcome.outcome === 'refused') {
    return showWrongProof(visit, { person, refused: outcome }, (wrong) =>
      replaceAuthenticatorPage(visit, person, { wrong }),
    );
  }
  return show(visit, newAuthenticatorPage(visit, outcome.enrolment, {}));
}

export async function takeAuthenticatorCode(
  deps: AccountDeps,
  visit: AccountVisit,
  form: { enrolment: string; code: string },
): Promise<FastifyReply> {
  const { people, person } = await ownAccount(deps, visit);
  const { enrolment: sealed, code } = form;
  const outcome = await people.confirmReplacement({ personId: person.id, sealed, code, address: visit.request.ip });
  if (outcome.outcome === 'wrongCode') {
    const wrong = 'The code is not right. Check that your phone shows the right time, and type the code of now.';
    return show(visit, newAuthenticatorPage(visit, outcome.enrolment, { wrong }), { status: refusedStatus });
  }
  if (outcome.outcome === 'expired') {
    throw new VisitRefused(failurePage('This took too long, or was done already. Begin again at your account.'), 410);
  }
  if (outcome.outcome === 'refused') throw expired(visit);
  await keepThisBrowser(deps, visit, { person: { ...person, hasSecondFactor: true }, at: outcome.at });
  return show(visit, newCodesPage(outcome.recoveryCodes, `${visit.basePath}${goOnAs('authenticator')}`));
}

export async function openRenewCodes(deps: AccountDeps, visit: AccountVisit): Promise<FastifyReply> {
  const { person } = await ownAccount(deps, visit);
  // They stand in for a second factor: without one there is nothing to stand in for.
  return person.hasSecondFactor
    ? show(visit, renewCodesPage(visit, person, {}))
    : goTo(visit, '/account/authenticator');
}

export async function takeRenewCodes(deps: AccountDeps, visit: AccountVisit, form: ProofForm): Promise<FastifyReply> {
  const { people, person } = await ownAccount(deps, visit);
  if (!person.hasSecondFactor) return goTo(visit, '/account/authenticator');
  const outcome = await people.renewOwnRecoveryCodes(proofOf(visit, form));
  if (outcome.outcome === 'refused') {
    return showWrongProof(visit, { person, refused: outcome }, (wrong) => renewCodesPage(visit, person, { wrong }));
  }
  return show(visit, newCodesPage(outcome.recoveryCodes, `${visit.basePath}/account`));
}

export async function openSessions(
  deps: AccountDeps,
  visit: AccountVisit,
  done: Done | undefined,
): Promise<FastifyReply> {
  return show(visit, sessionsPage(visit, { ...(await viewOf(deps, visit)), done }));
}

/** @param form.session an id of the list, or `others` */
export async function takeSessions(
  deps: AccountDeps,
  visit: AccountVisit,
  form: { session: string; password?: string; code?: string },
): Promise<FastifyReply> {
  const view = await viewOf(deps, visit);
  if (view.mustSignInAnew) return show(visit, sessionsPage(visit, view), { status: 403 });
  const chosen = view.sessions.find(({ id, isThis }) => id === form.session && !isThis);
  const again = (wrong: string) => sessionsPage(visit, { ...view, wrong });
  if (form.session !== 'others' && chosen === undefined) {
    return show(visit, again('This one has ended already.'), { status: refusedStatus });
  }
  const { person } = view;
  if (person !== undefined) {
    const proof = proofOf(visit, { ...form, password: form.password ?? '' });
    const proven = await (await ownAccount(deps, visit)).people.proveOwner(proof, 'endSessions');
    if (proven.outcome === 'refused') return showWrongProof(visit, { person, refused: proven }, again);
  }
  if (chosen === undefined) return await endOthers(deps, visit, view);
  await endOne(deps, visit, chosen);
  return goTo(visit, '/account/sessions?done=session');
}

/** With accounts of ours everything from before ends, and this browser goes on; otherwise the other sessions end. */
async function endOthers(deps: AccountDeps, visit: AccountVisit, view: SessionsView): Promise<FastifyReply> {
  const { person } = view;
  if (person === undefined) {
    for (const other of view.sessions.filter(({ isThis }) => !isThis)) await endOne(deps, visit, other);
    return goTo(visit, '/account/sessions?done=others');
  }
  const { people } = await ownAccount(deps, visit);
  const at = await people.endSessions({ personId: person.id, address: visit.request.ip });
  await keepThisBrowser(deps, visit, { person, at });
  return goTo(visit, goOnAs('others'));
}

/** Here at once, and at the issuer with the session of that browser there. */
async function endOne(deps: AccountDeps, visit: AccountVisit, chosen: OwnSession): Promise<void> {
  const { personId } = visit.session;
  const signIns = deps.embedded?.issuer.signIns;
  if (chosen.application !== undefined) await signIns?.end(personId, chosen.id);
  else {
    const ended = await deps.sessions.endById(personId, chosen.id);
    const refreshToken = ended?.tokens?.refreshToken;
    if (refreshToken !== undefined && signIns !== undefined) await signIns.endByToken(refreshToken);
    else if (ended?.tokens !== undefined) await deps.client.revoke(ended.tokens).catch(() => undefined);
  }
  const { principal } = visit;
  const detail = { session: chosen.id, ...(chosen.application === undefined ? {} : { kind: 'application' }) };
  await deps.database.inInstitution(principal.institutionId, (tx) =>
    deps.audit.append(tx, {
      at: deps.clock.now(),
      actor: actorOf(principal),
      operation: 'endSession',
      resource: personId,
      outcome: 'done',
      detail,
    }),
  );
}

async function viewOf(deps: AccountDeps, visit: AccountVisit): Promise<SessionsView> {
  const { session } = visit;
  const browsers = await deps.sessions.listOf(session.personId, session.secret);
  const applications = (await deps.embedded?.issuer.signIns.list(session.personId)) ?? [];
  const sessions: readonly OwnSession[] = [
    ...browsers.map((one) => ({ ...one, application: undefined })),
    ...applications.map((one) => ({ ...one, address: undefined, isThis: false })),
  ];
  if (deps.embedded !== undefined) {
    return { sessions, person: (await ownAccount(deps, visit)).person, mustSignInAnew: false };
  }
  // An external issuer can be asked for no password here: the sign-in itself must be young.
  const ageMs = deps.clock.now().getTime() - session.signedInAt.getTime();
  const mustSignInAnew = ageMs > deps.signInAgeSecondsMax * 1_000;
  return { sessions, person: undefined, mustSignInAnew };
}

/** An external issuer's page is another site, to which Chromium lets no form redirect: a page leads on. */
export async function takeSignOut(deps: AccountDeps, visit: AccountVisit): Promise<FastifyReply> {
  const { request, reply, session } = visit;
  const next = await endSession(deps, { request, reply, secret: session.secret });
  if (deps.embedded !== undefined) return goTo(visit, '/signed-out');
  return show(visit, leavingPage(next));
}

import type { Person } from '../people/index.ts';
import type { AccountVisit, Done } from './account-desk.ts';
import { accountFooter, doneOf, proofFields } from './account-pages.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';
import { alertOf, csrfOf } from './sign-in-pages.ts';

/** The portal in some browser, or an application. */
export interface OwnSession {
  readonly id: string;
  /** Undefined: the portal. */
  readonly application: string | undefined;
  readonly signedInAt: Date;
  readonly lastSeenAt: Date;
  readonly address: string | undefined;
  readonly isThis: boolean;
}

export interface SessionsView {
  readonly sessions: readonly OwnSession[];
  /** Whose password is asked for; undefined with an external issuer. */
  readonly person: Person | undefined;
  /** With an external issuer: the sign-in is too long ago to end others by it. */
  readonly mustSignInAnew: boolean;
  readonly wrong?: string | undefined;
  readonly done?: Done | undefined;
}

export function sessionsPage(frame: Pick<AccountVisit, 'basePath' | 'csrf'>, view: SessionsView): Page {
  const present = view.sessions.filter(({ isThis }) => isThis);
  return {
    title: 'Where you are signed in',
    failed: view.wrong !== undefined,
    content: html`<p class="lead">Times are UTC.</p>
${doneOf(view.done)}
${alertOf(view.wrong)}
<h2>This session</h2>
${present.map((session) => html`<p class="session">${describe(session)}</p>`)}
${othersOf(frame, view)}
${accountFooter(frame)}`,
  };
}

function othersOf(frame: Pick<AccountVisit, 'basePath' | 'csrf'>, view: SessionsView): Html {
  const others = view.sessions.filter(({ isThis }) => !isThis);
  const form = { csrf: frame.csrf, wrong: view.wrong };
  if (view.mustSignInAnew) {
    return html`<h2>Others</h2>
${others.map((other) => html`<p class="session">${describe(other)}</p>`)}
<p>${others.length === 0 ? 'There is no other. ' : ''}To sign others out, sign in again first.</p>
<a class="button" href="${frame.basePath}/session/sign-in?returnTo=/account/sessions">Sign in again</a>`;
  }
  return html`<form method="post" action="${frame.basePath}/account/sessions">
${csrfOf(form)}
<fieldset class="choices">
<legend>Choose what to sign out elsewhere</legend>
${others.map((other) => choice(other.id, describe(other)))}
${choice('others', html`<strong>Everything else</strong><br><span class="hint">on every device, applications too</span>`)}
</fieldset>
${view.person === undefined ? undefined : proofFields(form, view.person, 'Password')}
<button>Sign out what is chosen</button>
</form>
${
  others.some(({ application }) => application !== undefined)
    ? html`<p class="below hint">An application may go on for up to 10 minutes when it is signed out alone; “Everything else” stops it at once.</p>`
    : undefined
}`;
}

function choice(value: string, content: Html): Html {
  return html`<label class="choice"><input type="radio" name="session" value="${value}" required><span>${content}</span></label>`;
}

function describe(session: OwnSession): Html {
  const { application, address, signedInAt, lastSeenAt } = session;
  return html`<strong>${application ?? 'Rollcall in a browser'}</strong><br>
<span class="hint">signed in ${timeOf(signedInAt)}<br>last seen ${timeOf(lastSeenAt)}${address === undefined ? undefined : html`<br>from ${address}`}</span>`;
}

const timeFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

function timeOf(at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${timeFormat.format(at)}</time>`;
}

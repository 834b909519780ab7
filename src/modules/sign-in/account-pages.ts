import { type Enrolment, type Person, passwordCharactersMin } from '../people/index.ts';
import type { AccountVisit, Done } from './account-desk.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';
import {
  alertOf,
  authenticatorFields,
  csrfOf,
  describedBy,
  type FormState,
  passwordRules,
  passwordUnitsMax,
} from './sign-in-pages.ts';

/** What every page of the account needs. */
type Frame = Pick<AccountVisit, 'basePath' | 'csrf'>;

const doneTexts: Readonly<Record<Done, string>> = {
  password: 'Your password is changed. Everything else that was signed in is signed out.',
  authenticator: 'Your new authenticator app is set up. Everything else that was signed in is signed out.',
  session: 'It is signed out.',
  others: 'Everything else that was signed in is signed out.',
};

export function accountPage(
  frame: Frame,
  account: { name: string; loginName: string; hasSecondFactor: boolean; done: Done | undefined },
): Page {
  const { basePath } = frame;
  const factor = account.hasSecondFactor ? 'Replace your authenticator app' : 'Set up an authenticator app';
  return {
    title: 'Your account',
    content: html`<p class="lead">${account.name}<br>${account.loginName}</p>
${doneOf(account.done)}
<ul class="links">
<li><a href="${basePath}/account/password">Change your password</a></li>
<li><a href="${basePath}/account/authenticator">${factor}</a></li>
${account.hasSecondFactor ? html`<li><a href="${basePath}/account/recovery-codes">Make new recovery codes</a></li>` : undefined}
<li><a href="${basePath}/account/sessions">Where you are signed in</a></li>
</ul>
${signOutForm(frame)}`,
  };
}

/** With an external issuer. */
export function foreignAccountPage(
  frame: Frame,
  account: { name: string; issuer: string; done: Done | undefined },
): Page {
  return {
    title: 'Your account',
    content: html`<p class="lead">${account.name}</p>
${doneOf(account.done)}
<p>You sign in at ${account.issuer}: your password and your second factor are changed there.</p>
<ul class="links">
<li><a href="${frame.basePath}/account/sessions">Where you are signed in</a></li>
</ul>
${signOutForm(frame)}`,
  };
}

export function changePasswordPage(frame: Frame, person: Person, state: { wrong?: string }): Page {
  const form = { csrf: frame.csrf, wrong: state.wrong };
  return {
    title: 'Change your password',
    failed: form.wrong !== undefined,
    content: html`<p class="lead">Everything else that is signed in with your account is signed out then.</p>
${alertOf(form.wrong)}
<form method="post" action="${frame.basePath}/account/password">
${csrfOf(form)}
${proofFields(form, person, 'Present password')}
${passwordRules()}
<div class="field">
<label for="newPassword">New password</label>
<input id="newPassword" name="newPassword" type="password" autocomplete="new-password" minlength="${passwordCharactersMin}" maxlength="${passwordUnitsMax}" required aria-describedby="rules">
</div>
<div class="field">
<label for="repeated">New password again</label>
<input id="repeated" name="repeated" type="password" autocomplete="new-password" maxlength="${passwordUnitsMax}" required>
</div>
<button>Change the password</button>
</form>
${accountFooter(frame)}`,
  };
}

export function replaceAuthenticatorPage(frame: Frame, person: Person, state: { wrong?: string }): Page {
  const form = { csrf: frame.csrf, wrong: state.wrong };
  return {
    title: person.hasSecondFactor ? 'Replace your authenticator app' : 'Set up an authenticator app',
    failed: form.wrong !== undefined,
    content: html`<p class="lead">First show once more that it is you. If your phone is lost, use a recovery code.</p>
${alertOf(form.wrong)}
<form method="post" action="${frame.basePath}/account/authenticator">
${csrfOf(form)}
${proofFields(form, person, 'Password')}
<button>Continue</button>
</form>
${accountFooter(frame)}`,
  };
}

export function newAuthenticatorPage(frame: Frame, enrolment: Enrolment, state: { wrong?: string }): Page {
  const form = { csrf: frame.csrf, wrong: state.wrong };
  return {
    title: 'Set up your authenticator app',
    failed: form.wrong !== undefined,
    content: html`<p class="lead">The new one counts once you have typed a code of it. Then everything else that is signed in with your account is signed out.</p>
${alertOf(form.wrong)}
${authenticatorFields({ ...form, enrolment }, `${frame.basePath}/account/authenticator/code`)}
${accountFooter(frame)}`,
  };
}

export function renewCodesPage(frame: Frame, person: Person, state: { wrong?: string }): Page {
  const form = { csrf: frame.csrf, wrong: state.wrong };
  return {
    title: 'Make new recovery codes',
    failed: form.wrong !== undefined,
    content: html`<p class="lead">You get ten new ones. Those that you have no longer work then.</p>
${alertOf(form.wrong)}
<form method="post" action="${frame.basePath}/account/recovery-codes">
${csrfOf(form)}
${proofFields(form, person, 'Password')}
<button>Make new codes</button>
</form>
${accountFooter(frame)}`,
  };
}

/** @param next where the person goes on */
export function newCodesPage(codes: readonly string[], next: string): Page {
  return {
    title: 'Keep your recovery codes',
    content: html`<p class="lead">If you lose your phone, one of these codes lets you in. Each works once; those from before no longer do.</p>
<ol class="codes">${codes.map((code) => html`<li>${code}</li>`)}</ol>
<p><strong>They are shown only now.</strong> Print this page, or write them down and keep them apart from your phone.</p>
<a class="button no-print" href="${next}">I have kept them</a>`,
  };
}

/** Signs out on the way to an external issuer, which ends its own session. */
export function leavingPage(address: string): Page {
  return {
    title: 'Signing you out',
    continueAt: address,
    content: html`<p class="lead">One moment.</p>
<p class="below"><a href="${address}">Continue</a></p>`,
  };
}

/** Fields that show who fills the form in. */
export function proofFields(
  form: FormState,
  person: Pick<Person, 'hasSecondFactor' | 'loginName'>,
  label: string,
): Html {
  // For password managers, which keep a password with its name.
  return html`<input class="away" name="username" type="text" autocomplete="username" tabindex="-1" aria-hidden="true" readonly value="${person.loginName}">
<div class="field">
<label for="password">${label}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="${passwordUnitsMax}" required${describedBy(form)}>
</div>
${
  person.hasSecondFactor
    ? html`<div class="field">
<label for="code">Code of your authenticator app, or a recovery code</label>
<input class="code" id="code" name="code" type="text" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="64" required${describedBy(form)}>
</div>`
    : undefined
}`;
}

export function doneOf(done: Done | undefined): Html | undefined {
  return done === undefined ? undefined : html`<div class="done" role="status"><p>${doneTexts[done]}</p></div>`;
}

/** On each page of the account: back, and out (ASVS 5.0, 7.4.4). */
export function accountFooter(frame: Frame): Html {
  return html`<p class="below"><a href="${frame.basePath}/account">Back to your account</a></p>
${signOutForm(frame)}`;
}

function signOutForm({ basePath, csrf }: Frame): Html {
  return html`<form class="out" method="post" action="${basePath}/account/sign-out">
${csrfOf({ csrf })}
<button class="second">Sign out</button>
</form>`;
}

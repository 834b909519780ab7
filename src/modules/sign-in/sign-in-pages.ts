import { renderSVG } from 'uqr';
import { type Enrolment, type PasswordRefusal, passwordCharactersMax, passwordCharactersMin } from '../people/index.ts';
import { type Html, html, trustedHtml } from './html.ts';
import type { Page } from './page.ts';

export const loginNameCharactersMax = 254;
/** What a field takes, in UTF-16 units: a password that is too long is told so, not cut. */
export const passwordUnitsMax = 512;

/** What each form needs besides its fields. */
export interface FormState {
  readonly csrf: string;
  /** What was wrong with the last try, for people. */
  readonly wrong?: string | undefined;
}

export function passwordPage(form: FormState & { application: string | undefined; loginName: string }): Page {
  return {
    title: 'Sign in',
    failed: form.wrong !== undefined,
    content: html`<p class="lead">${form.application === undefined ? 'with your account' : `to continue to ${form.application}`}</p>
${alertOf(form.wrong)}
<form method="post">
${csrfOf(form)}
<div class="field">
<label for="loginName">Login name</label>
<input id="loginName" name="loginName" type="text" inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="${loginNameCharactersMax}" required value="${form.loginName}"${describedBy(form)}${focus(form.loginName === '')}>
</div>
<div class="field">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="${passwordUnitsMax}" required${describedBy(form)}${focus(form.loginName !== '')}>
</div>
<button>Sign in</button>
</form>
<p class="below hint">Forgotten your password? An administrator of your institution can give you a new link.</p>`,
  };
}

export function codePage(form: FormState & { base: string }): Page {
  return {
    title: 'Enter your code',
    failed: form.wrong !== undefined,
    content: html`<p class="lead">Open your authenticator app and type the 6 digits that it shows for Rollcall.</p>
${alertOf(form.wrong)}
<form method="post">
${csrfOf(form)}
${codeField(form)}
<button>Continue</button>
</form>
<p class="below"><a href="${form.base}/recovery-code">Use a recovery code instead</a></p>`,
  };
}

export function recoveryCodePage(form: FormState & { base: string }): Page {
  return {
    title: 'Use a recovery code',
    failed: form.wrong !== undefined,
    content: html`<p class="lead">Type one of the codes that you were shown when you set up your authenticator app. Each works once.</p>
${alertOf(form.wrong)}
<form method="post">
${csrfOf(form)}
<div class="field">
<label for="code">Recovery code</label>
<input class="code" id="code" name="code" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="64" required${describedBy(form)} autofocus>
</div>
<button>Continue</button>
</form>
<p class="below"><a href="${form.base}/code">Use your authenticator app instead</a></p>`,
  };
}

const rulesOfPasswords: Readonly<Record<PasswordRefusal, string>> = {
  tooShort: 'This password is too short.',
  tooLong: 'This password is too long.',
  common: 'This password is on lists of stolen passwords. Choose another one.',
  containsName: 'This password holds your login name, or a name of this system. Choose another one.',
};

export function passwordRefusalText(reason: PasswordRefusal): string {
  return rulesOfPasswords[reason];
}

export function passwordRules(): Html {
  return html`<ul class="rules" id="rules">
<li>At least ${passwordCharactersMin} characters; a few words that you remember are good.</li>
<li>At most ${passwordCharactersMax} characters. Any are allowed, spaces too.</li>
<li>Without your login name, and none that is known from leaks.</li>
</ul>`;
}

export function linkPage(form: FormState & { name: string; loginName: string }): Page {
  return {
    title: 'Choose a password',
    failed: form.wrong !== undefined,
    content: html`<p class="lead">Welcome, ${form.name}. From now on you sign in with your login name and this password.</p>
${alertOf(form.wrong)}
<form method="post">
${csrfOf(form)}
<div class="field">
<label for="username">Login name</label>
<input id="username" name="username" type="text" autocomplete="username" readonly value="${form.loginName}">
</div>
${passwordRules()}
<div class="field">
<label for="password">New password</label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="${passwordCharactersMin}" maxlength="${passwordUnitsMax}" required aria-describedby="${form.wrong === undefined ? 'rules' : 'wrong rules'}"${form.wrong === undefined ? undefined : invalid} autofocus>
</div>
<div class="field">
<label for="repeated">New password again</label>
<input id="repeated" name="repeated" type="password" autocomplete="new-password" maxlength="${passwordUnitsMax}" required>
</div>
<button>Save the password</button>
</form>`,
  };
}

export function authenticatorPage(form: FormState & { enrolment: Enrolment }): Page {
  return {
    title: 'Set up your authenticator app',
    failed: form.wrong !== undefined,
    content: html`<p class="lead">From now on, signing in also asks for a code that only your phone can show.</p>
${alertOf(form.wrong)}
${authenticatorFields(form)}`,
  };
}

/** The image and the key of a new authenticator, and the form for its first code. */
export function authenticatorFields(form: FormState & { enrolment: Enrolment }, action?: string): Html {
  const { enrolment } = form;
  return html`<ol class="steps">
<li>Install an authenticator app, if you have none.</li>
<li>Scan this image with it, or type the key below.</li>
<li>Type the 6 digits that the app shows.</li>
</ol>
<div class="qr" role="img" aria-label="QR code for your authenticator app; the key below says the same">${qrCode(enrolment.uri)}</div>
<p class="hint"><a href="${enrolment.uri}">Open in an app on this device</a></p>
<h2 id="key">Key</h2>
<p class="secret" aria-labelledby="key">${enrolment.secret}</p>
<form method="post"${action === undefined ? undefined : html` action="${action}"`}>
${csrfOf(form)}
<input type="hidden" name="enrolment" value="${enrolment.sealed}">
${codeField(form)}
<button>Continue</button>
</form>`;
}

export function recoveryCodesPage(form: FormState & { base: string; codes: readonly string[] }): Page {
  return {
    title: 'Keep your recovery codes',
    content: html`<p class="lead">If you lose your phone, one of these codes lets you in. Each works once.</p>
<ol class="codes">${form.codes.map((code) => html`<li>${code}</li>`)}</ol>
<p><strong>They are shown only now.</strong> Print this page, or write them down and keep them apart from your phone.</p>
<form method="post" action="${form.base}/recovery-codes">
${csrfOf(form)}
<button name="action" value="continue">I have kept them</button>
</form>`,
  };
}

/** For who comes back to the page of the codes: they are not stored, so they cannot be shown again. */
export function recoveryCodesGonePage(form: FormState): Page {
  return {
    title: 'Your recovery codes',
    content: html`<p class="lead">They have been shown, and cannot be shown again. If you have not kept them, make new ones.</p>
<form method="post">
${csrfOf(form)}
<button name="action" value="continue">I have kept them</button>
<button class="second" name="action" value="renew">Make new codes</button>
</form>`,
  };
}

const invalid = html` aria-invalid="true"`;

export function describedBy(form: FormState): Html | undefined {
  return form.wrong === undefined ? undefined : html` aria-describedby="wrong"${invalid}`;
}

function focus(wanted: boolean): Html | undefined {
  return wanted ? html` autofocus` : undefined;
}

export function csrfOf(form: FormState): Html {
  return html`<input type="hidden" name="csrf" value="${form.csrf}">`;
}

function codeField(form: FormState): Html {
  return html`<div class="field">
<label for="code">6-digit code</label>
<input class="code" id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="16" required${describedBy(form)} autofocus>
</div>`;
}

/** An alert is a live region: it is read out as soon as it is there. */
export function alertOf(wrong: string | undefined): Html | undefined {
  return wrong === undefined ? undefined : html`<div class="alert" role="alert" id="wrong"><p>${wrong}</p></div>`;
}

function qrCode(text: string): Html {
  // Markup made of numbers. Black on white in both schemes: many apps read no inverted code.
  return trustedHtml(renderSVG(text, { ecc: 'L', border: 0 }));
}

import { html } from './html.ts';
import type { Page } from './page.ts';

/** Pages that say something and lead on; `signIn` is the address where a sign-in begins. */
export function signedOutPage(signIn: string): Page {
  return {
    title: 'You are signed out',
    content: html`<p class="lead">On a shared computer, close the browser as well.</p>
<a class="button" href="${signIn}">Sign in again</a>`,
  };
}

export function readyPage(signIn: string): Page {
  return {
    title: 'You are all set',
    content: html`<p class="lead">Your account is ready. The link that brought you here no longer works: from now on sign in with your login name and password.</p>
<a class="button" href="${signIn}">Continue to Rollcall</a>`,
  };
}

export function expiredPage(signIn: string): Page {
  return {
    title: 'This sign-in has ended',
    failed: true,
    content: html`<p class="lead">It took too long, was finished already, or was begun in another window. Nothing is lost: begin again, here or at the application that you came from.</p>
<a class="button" href="${signIn}">Sign in</a>`,
  };
}

export function linkUnusablePage(): Page {
  return {
    title: 'This link no longer works',
    failed: true,
    content: html`<p class="lead">A link works once and for a short time. Ask whoever sent it for a new one.</p>`,
  };
}

export function cookiesBlockedPage(): Page {
  return {
    title: 'Your browser sent no cookie',
    failed: true,
    content: html`<p class="lead">Signing in needs one cookie, from this site only. Allow cookies for this site, go back, load the page again and try once more.</p>`,
  };
}

export function foreignFormPage(): Page {
  return {
    title: 'This form is out of date',
    failed: true,
    content: html`<p class="lead">It did not come from the page that this browser opened last. Go back, load the page again and try once more.</p>`,
  };
}

/** Plain HTTP from another machine: whoever is on the way could take the session. */
export function insecurePage(): Page {
  return {
    title: 'Signing in needs HTTPS',
    failed: true,
    content: html`<p class="lead">This page was opened over plain HTTP. Open it by its https:// address.</p>
<p class="hint">For the operator: give the server certificates, or put a proxy with TLS before it and set ROLLCALL_PUBLIC_URL to the https:// address. Plain HTTP is accepted only on the machine itself (http://127.0.0.1, http://localhost).</p>`,
  };
}

export function failurePage(text: string): Page {
  return { title: 'This did not work', failed: true, content: html`<p class="lead">${text}</p>` };
}

/** Goes on by itself. The link is for browsers that do not. */
export function continuePage(address: string): Page {
  return {
    title: 'Signing you in',
    continueAt: address,
    content: html`<p class="lead">One moment.</p>
<p class="below"><a href="${address}">Continue</a></p>`,
  };
}

/** `40 seconds`, `2 minutes`: rounded up, so that who waits as long is let in. */
export function waitText(seconds: number): string {
  const [count, unit] =
    seconds < 90 ? [Math.max(1, Math.ceil(seconds)), 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

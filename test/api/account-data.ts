import assert from 'node:assert/strict';
import type { TestApp } from '../support/app.ts';
import { password } from './people-data.ts';
import {
  headingOf,
  personAt,
  type SignedIn,
  signInToPortal,
  type TestBrowser,
  type TestPerson,
} from './sign-in-data.ts';

/** The fields of a page's forms that nobody sees. */
export function hiddenOf(browser: TestBrowser): Readonly<Record<string, string>> {
  const hidden = [...(browser.page?.body ?? '').matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  return Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
}

/** Opens a page of the account and sends its form; ends where that leads. */
export async function fill(browser: TestBrowser, path: string, fields: Readonly<Record<string, string>>) {
  await browser.visit(path);
  return await browser.visit(path, { method: 'POST', form: { ...hiddenOf(browser), ...fields } });
}

/** What shows that it is this person; each call takes a recovery code. */
export function proof(person: TestPerson): { password: string; code: string } {
  return { password, code: person.recoveryCodes.shift() ?? '' };
}

/** What the page says after something was done. */
export function statusOf(browser: TestBrowser): string | undefined {
  return /role="status"><p>([^<]*)<\/p>/.exec(browser.page?.body ?? '')?.[1];
}

/** The ids of the sessions that can be chosen, with what stands beside them. */
export function choicesOf(browser: TestBrowser): readonly { id: string; text: string }[] {
  const found = (browser.page?.body ?? '').matchAll(
    /name="session" value="([^"]+)" required><span>(.*?)<\/span><\/label>/gs,
  );
  return [...found].map(([, id = '', text = '']) => ({ id, text: text.replaceAll(/<[^>]*>/g, ' ') }));
}

export async function isSignedIn(browser: TestBrowser): Promise<boolean> {
  const { statusCode } = await browser.send('/service/customerAudiences');
  assert.ok(statusCode === 200 || statusCode === 401, String(statusCode));
  return statusCode === 200;
}

export interface AccountBank {
  readonly person: TestPerson;
  readonly browser: TestBrowser;
  /** The same person in another browser. */
  readonly other: TestBrowser;
}

export async function twoBrowsers(bank: TestApp): Promise<AccountBank> {
  const person = await personAt(bank, { roles: ['analyst'] });
  const [{ browser }, { browser: other }]: [SignedIn, SignedIn] = [
    await signInToPortal(bank, person),
    await signInToPortal(bank, person),
  ];
  await browser.visit('/account');
  assert.equal(headingOf(browser), 'Your account', browser.page?.body);
  return { person, browser, other };
}

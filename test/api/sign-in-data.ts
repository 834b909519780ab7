import assert from 'node:assert/strict';
import type { LightMyRequestResponse } from 'fastify';
import { readConfig } from '../../src/config.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import type { TestEngine } from '../support/engines.ts';
import { codeOf, type makeAccount, makePerson, makePersonAdvanceMs, password, peopleOf } from './people-data.ts';

export const secureBase = 'https://rollcall.bank.example';
export const loopbackBase = 'http://127.0.0.1:8787';

export type TestPerson = Omit<Awaited<ReturnType<typeof makePerson>>, 'recoveryCodes'> & { recoveryCodes: string[] };

/** The bank, over TLS by its public address (behind a proxy) unless told otherwise. */
export async function startSignInBank(engine: TestEngine, options: { loopback?: boolean } = {}): Promise<TestApp> {
  if (options.loopback === true) return await startTestApp(engine);
  return await startTestApp(engine, { config: readConfig({ ROLLCALL_PUBLIC_URL: secureBase }) });
}

export interface Visit {
  readonly method?: 'GET' | 'POST';
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A browser as far as these pages need one: it keeps cookies, follows redirects and `refresh`, and says where its forms
 * come from. `setCookies` has every `Set-Cookie` line that it was given.
 */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  readonly setCookies: string[] = [];
  address = '';
  /** The page that it is on. */
  page: LightMyRequestResponse | undefined;
  readonly #bank: TestApp;
  readonly #base: string;

  constructor(bank: TestApp, base = secureBase) {
    this.#bank = bank;
    this.#base = base;
  }

  /** One request, no redirects. */
  async send(
    address: string,
    { method = 'GET', form, json, headers = {} }: Visit = {},
  ): Promise<LightMyRequestResponse> {
    const { host } = new URL(this.#base);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await this.#bank.app.inject({
      method,
      url: address.startsWith(this.#base) ? address.slice(this.#base.length) : address,
      headers: {
        host,
        ...(cookie === '' ? {} : { cookie }),
        ...(method === 'POST' ? { origin: this.#base, 'sec-fetch-site': 'same-origin' } : {}),
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(form === undefined ? {} : { payload: new URLSearchParams(form).toString() }),
      ...(json === undefined ? {} : { payload: JSON.stringify(json) }),
    });
    for (const line of [response.headers['set-cookie'] ?? []].flat()) this.#keep(line);
    return response;
  }

  /** Goes to a page, and on to where it leads. Stops at an address of another. */
  async visit(address: string, visit: Visit = {}): Promise<LightMyRequestResponse | undefined> {
    let next: string | undefined = address;
    let how = visit;
    for (let step = 0; next !== undefined && step < 10; step += 1) {
      this.address = next;
      if (!next.startsWith('/') && !next.startsWith(this.#base)) return undefined;
      this.page = await this.send(next, how);
      how = {};
      next = this.page.headers.location ?? refreshOf(this.page.body);
    }
    assert.equal(next, undefined, 'the browser is sent in circles');
    return this.page;
  }

  /** Sends the form of the page that it is on, with what is in its hidden fields. */
  async submit(
    fields: Readonly<Record<string, string>>,
    changes: Visit = {},
  ): Promise<LightMyRequestResponse | undefined> {
    const body = this.page?.body ?? '';
    const hidden = [...body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
    const given = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
    const action = /<form method="post" action="([^"]+)">/.exec(body)?.[1] ?? this.address;
    return await this.visit(action, { method: 'POST', form: { ...given, ...fields }, ...changes });
  }

  #keep(line: string): void {
    this.setCookies.push(line);
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '' || /expires=Thu, 01 Jan 1970|Max-Age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function refreshOf(body: string): string | undefined {
  return /<meta http-equiv="refresh" content="0;url=([^"]+)">/.exec(body)?.[1]?.replaceAll('&amp;', '&');
}

/** The heading of the page that the browser is on. */
export function headingOf(browser: TestBrowser): string | undefined {
  return /<h1>([^<]*)<\/h1>/.exec(browser.page?.body ?? '')?.[1];
}

export function alertOf(browser: TestBrowser): string | undefined {
  return /role="alert"[^>]*><p>([^<]*)<\/p>/.exec(browser.page?.body ?? '')?.[1];
}

const stepMs = 30_000;

/** Somebody with a password and a second factor. The clock is not moved: the issuer's library goes by the real one. */
export async function personAt(bank: TestApp, account: Parameters<typeof makeAccount>[1] = {}): Promise<TestPerson> {
  const person = await makePerson(bank, peopleOf(bank), account);
  // Exactly back: a millisecond less would be another second now and then.
  bank.clock.advance(-makePersonAdvanceMs);
  // What is signed in in the second of a new password ends with it, and the clock of a test may stand still.
  await bank.database.asOperator((tx) =>
    tx.db
      .updateTable('user_account')
      .set({ tokens_valid_after: new Date(0) })
      .where('id', '=', person.id)
      .execute(),
  );
  bank.access.forget(person.id);
  return { ...person, recoveryCodes: [...person.recoveryCodes] };
}

/** The code of the present step was used when the authenticator was set up; the next one's is taken as well. */
export function nextCode(bank: TestApp, person: TestPerson): string {
  return codeOf(person.secret, new Date(bank.clock.now().getTime() + stepMs));
}

/** From the page for the password to wherever it leads. Takes the recovery codes one after the other. */
export async function typeCredentials(browser: TestBrowser, person: TestPerson): Promise<void> {
  await browser.submit({ loginName: person.loginName, password });
  assert.equal(headingOf(browser), 'Enter your code');
  await browser.submit({ code: person.recoveryCodes.shift() ?? '' });
}

export interface SignedIn {
  readonly browser: TestBrowser;
  readonly csrfToken: string;
}

/** Signs in to the portal. */
export async function signInToPortal(bank: TestApp, person: TestPerson, base = secureBase): Promise<SignedIn> {
  const browser = new TestBrowser(bank, base);
  await browser.visit('/session/sign-in?returnTo=/healthz');
  assert.equal(headingOf(browser), 'Sign in');
  await typeCredentials(browser, person);
  assert.equal(browser.address, '/healthz');
  const session = await browser.send('/session');
  assert.equal(session.statusCode, 200, session.body);
  return { browser, csrfToken: session.json().csrfToken };
}

import createClient, { type Middleware } from 'openapi-fetch';
import { baseAddress, connection } from './connection.ts';
import { createObserved } from './observed.ts';
import { type ApiProblem, offline, ProblemError, problemOf, unread, unsent } from './problem.ts';
import type { components, paths } from './schema.d.ts';

export type Schemas = components['schemas'];
export type Session = Schemas['session'];
export type Audience = Schemas['customerAudience'];

/** Set with the session: unsafe calls by cookie carry it. */
let csrfToken: string | undefined;
/** Of this page as long as it is open, whatever is chosen in another tab. */
let institutionId: string | undefined;

export function enterSession(session: Session): void {
  csrfToken = session.csrfToken;
  institutionId ??= session.institution.id;
  signedOut.set(false);
}

export { baseAddress };

/** Whether the session ended while the page was open. */
export const signedOut = createObserved(false);

/** The session is for one institution and all tabs have it: a call says for which one its page was made. */
function pageHeaders(): Record<string, string> {
  return institutionId === undefined ? {} : { 'Institution-Id': institutionId };
}

/** Headers of a call that changes something; the key makes a repeated one harmless. */
export function changeHeaders(): Record<string, string> {
  return {
    ...pageHeaders(),
    ...(csrfToken === undefined ? {} : { 'X-CSRF-Token': csrfToken }),
    'Idempotency-Key': crypto.randomUUID(),
  };
}

const carryToken: Middleware = {
  onRequest({ request }) {
    const isRead = request.method === 'GET';
    if (!isRead && connection.get() !== 'reached') throw new ProblemError(unsent);
    for (const [name, value] of Object.entries(isRead ? pageHeaders() : changeHeaders())) {
      if (!request.headers.has(name)) request.headers.set(name, value);
    }
  },
  onError({ request, error }) {
    // Nobody waits for it any more.
    if (error instanceof DOMException && error.name === 'AbortError') return;
    connection.doubt();
    return new ProblemError(request.method === 'GET' ? unread : offline);
  },
};

/** The API, typed by its OpenAPI description. Unwrap each answer with {@link answered}. */
export const api = createClient<paths>({
  baseUrl: baseAddress,
  // Sets are the parameter repeated: a comma would be part of a value.
  querySerializer: { array: { style: 'form', explode: true } },
});
api.use(carryToken);

interface Answer<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of a success. @throws ProblemError for everything else; a session that is over leads to the sign-in */
export async function answered<Data>(call: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  return (await answeredWithTag(call)).data;
}

/** The same with the entity tag, for whoever goes on to change it. */
export async function answeredWithTag<Data>(
  call: Promise<Answer<Data>>,
): Promise<{ data: NonNullable<Data>; tag: string }> {
  const { data, error, response } = await call;
  // An answer without a body is one that the caller did not ask for (a dry run's 204).
  if (!response.ok || data === undefined || data === null) {
    const problem = problemOf(response.status, error);
    if (response.status === 401) needSignIn(problem);
    throw new ProblemError(problem);
  }
  return { data, tag: response.headers.get('etag') ?? '' };
}

/** For answers without a body. */
export async function done(call: Promise<Answer<unknown>>): Promise<void> {
  const { error, response } = await call;
  if (response.ok) return;
  const problem = problemOf(response.status, error);
  if (response.status === 401) needSignIn(problem);
  throw new ProblemError(problem);
}

/** Before anything is shown there is nothing to lose; later somebody decides when to leave what they have typed. */
export function needSignIn(problem: ApiProblem): void {
  if (csrfToken === undefined || problem.name === 'freshSignInNeeded') leaveForSignIn();
  else signedOut.set(true);
}

/** Signs in (again) and comes back to this view. */
export function leaveForSignIn(): void {
  const here = `${location.pathname.slice(new URL(document.baseURI).pathname.length - 1)}${location.search}`;
  location.assign(`${baseAddress}/session/sign-in?returnTo=${encodeURIComponent(here)}`);
}

import { randomUUID } from 'node:crypto';
import type { Static, TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { CliError } from '../cli-error.ts';
import type { ClientSettings } from './client-settings.ts';
import { ProblemAnswer } from './problem-answer.ts';
import { type Attempt, retryAfterMs, withRetries } from './retry.ts';
import { createTokenSource } from './token-source.ts';

export type QueryValue = string | number | boolean | undefined;

export interface ApiRequest {
  /** Default GET. Every other method carries one Idempotency-Key, the same at each repetition. */
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `/service/...` below the server's base, or a `_url` value of an answer. */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes the body anew for each attempt. */
  readonly body?: () => AsyncIterable<Uint8Array>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined when there is no body. */
  readonly body: unknown;
}

/** The published HTTP contract, and nothing else, as the commands see it. */
export interface ApiClient {
  /**
   * Sends one request; repeats it when the connection is lost or the server asks for patience (503, 429, or 409 with
   * Retry-After, which says that the same key is still at work).
   *
   * @throws ProblemAnswer for every status of 400 and more
   */
  send(request: ApiRequest): Promise<ApiAnswer>;
  /** Sends, and holds the answer's body against `schema`. */
  read<Schema extends TSchema>(schema: Schema, request: ApiRequest): Promise<Static<Schema>>;
}

export function createApiClient(settings: ClientSettings): ApiClient {
  const tokens = createTokenSource(settings);
  let reached = false;
  const send = async (request: ApiRequest): Promise<ApiAnswer> => {
    const url = requestUrl(settings.server, request);
    const idempotencyKey = randomUUID();
    let renewed = false;
    return await withRetries(async (): Promise<Attempt<ApiAnswer>> => {
      const token = await tokens.current();
      let response: Response;
      let body: unknown;
      try {
        response = await fetch(url, fetchOptions({ ...settings, token }, request, idempotencyKey));
        reached = true;
        body = await readBody(response);
      } catch (error) {
        if (error instanceof CliError) throw error;
        const lost = lostConnection(settings.server, error);
        // Nobody there from the start: waiting would only hide a wrong address.
        if (!reached) throw lost;
        return { again: { failure: lost } };
      }
      // Once: it may have been called back; a second refusal has another reason.
      if (response.status === 401 && !renewed && tokens.renew()) {
        renewed = true;
        return { again: { afterMs: 0, failure: new ProblemAnswer(response.status, body) } };
      }
      return judge(response, body);
    });
  };
  return {
    send,
    async read(schema, request) {
      const { body } = await send(request);
      return checked(schema, body);
    },
  };
}

/** @throws CliError when the answer is not what the contract says */
export function checked<Schema extends TSchema>(schema: Schema, body: unknown): Static<Schema> {
  if (!Check(schema, body)) throw new CliError('the server answered something else than the contract says');
  return body;
}

function judge(response: Response, body: unknown): Attempt<ApiAnswer> {
  const answer = { status: response.status, headers: response.headers, body };
  if (response.status < 300) return { done: answer };
  if (response.status < 400) throw new CliError(`the server answered with a redirection (${response.status})`);
  const afterMs = retryAfterMs(response.headers.get('retry-after'), new Date());
  const problem = new ProblemAnswer(response.status, body);
  const patience = response.status === 503 || (afterMs !== undefined && [409, 429].includes(response.status));
  if (!patience) throw problem;
  return { again: { afterMs, failure: problem } };
}

function fetchOptions(
  settings: Pick<ClientSettings, 'apiKey'> & { readonly token: string },
  request: ApiRequest,
  idempotencyKey: string,
): RequestInit {
  const method = request.method ?? 'GET';
  return {
    method,
    redirect: 'manual',
    headers: {
      accept: 'application/json, application/problem+json',
      authorization: `Bearer ${settings.token}`,
      ...(settings.apiKey === undefined ? {} : { 'api-key': settings.apiKey }),
      ...(method === 'GET' ? {} : { 'idempotency-key': idempotencyKey }),
      ...request.headers,
    },
    ...(request.body === undefined ? {} : { body: request.body(), duplex: 'half' }),
  };
}

function requestUrl(server: string, request: ApiRequest): URL {
  const url = request.path.startsWith('/service/')
    ? new URL(`${server}${request.path}`)
    : new URL(request.path, `${server}/`);
  // The token is for this server: an address in an answer must not carry it elsewhere.
  if (url.origin !== new URL(server).origin)
    throw new CliError('the server answered with an address of another server');
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    if (response.status >= 400) return undefined;
    throw new CliError('the server answered something else than JSON; is --server the address of a Rollcall server?');
  }
}

function lostConnection(server: string, error: unknown): CliError {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  const why = code === undefined ? '' : ` (${code})`;
  return code === 'ECONNREFUSED'
    ? new CliError(`no server answers at ${server}${why}; start one with "rollcall serve" or give --server`)
    : new CliError(`the connection to ${server} was lost${why}`, { cause: error });
}

import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface FaultRequest {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface FaultAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The JSON of the body; undefined without one. */
  readonly json: unknown;
}

/** Pieces of a body, and the pause between them: an upload that takes long enough to be killed in its middle. */
const pieces = 8;
const pauseMs = 8;

/** Sends a request; undefined when the connection breaks before the whole answer is there. */
export async function sendRequest(
  server: { address: string; token: string },
  { method = 'GET', path, headers = {}, body }: FaultRequest,
): Promise<FaultAnswer | undefined> {
  const answer = Promise.withResolvers<FaultAnswer | undefined>();
  const sending = request(`${server.address}${path}`, {
    method,
    agent: false,
    headers: { authorization: `Bearer ${server.token}`, ...headers },
  });
  sending.on('error', () => answer.resolve(undefined));
  sending.on('response', (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    response.on('error', () => answer.resolve(undefined));
    response.on('end', () => {
      if (!response.complete) return answer.resolve(undefined);
      const json: unknown = text === '' ? undefined : JSON.parse(text);
      answer.resolve({ status: response.statusCode ?? 0, headers: response.headers, json });
    });
  });
  const size = Math.ceil((body?.length ?? 0) / pieces);
  for (let piece = 0; body !== undefined && piece < pieces && !sending.destroyed; piece += 1) {
    sending.write(body.slice(piece * size, (piece + 1) * size));
    await delay(pauseMs);
  }
  sending.end();
  return await answer.promise;
}

/** The member of an answer's object, as text; '' when there is none. */
export function textOf(json: unknown, ...path: readonly string[]): string {
  let value = json;
  for (const name of path) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

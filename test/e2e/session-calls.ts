import assert from 'node:assert/strict';
import type { BrowserContext } from 'playwright-core';
import { e2e } from './portal-test.ts';

/** What the API says, by the session of the page. */
export async function read(context: BrowserContext, path: string) {
  const answer = await context.request.get(`${e2e.address}${path}`);
  assert.equal(answer.status(), 200, path);
  return await answer.json();
}

interface Call {
  readonly method?: 'POST' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
}

/** Changes something by the session of the page. */
export async function send(
  context: BrowserContext,
  path: string,
  data: unknown,
  { method = 'POST', headers: more = {} }: Call = {},
) {
  const { csrfToken } = await read(context, '/session');
  const headers = { 'X-CSRF-Token': csrfToken, Origin: e2e.address, ...more };
  const answer = await context.request.fetch(`${e2e.address}${path}`, { method, headers, data });
  assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
  return answer.status() === 204 ? undefined : await answer.json();
}

/** Changes a part of something as somebody else does in another window. */
export async function patch(context: BrowserContext, path: string, data: unknown) {
  const answer = await context.request.get(`${e2e.address}${path}`);
  return await send(context, path, data, { method: 'PATCH', headers: { 'If-Match': answer.headers().etag ?? '' } });
}

import assert from 'node:assert/strict';
import type { LightMyRequestResponse } from 'fastify';
import { startTestApp, type TestApp, type TestRequest } from '../support/app.ts';
import type { TestEngine } from '../support/engines.ts';

export const suppressionsUrl = '/service/suppressions';

const dayMs = 24 * 60 * 60 * 1_000;

/** Noon of the next day, UTC: what a test does is of one day, whatever the time is when it runs. */
export async function startAtNoon(engine: TestEngine): Promise<TestApp> {
  const bank = await startTestApp(engine);
  bank.clock.advance(1.5 * dayMs - (bank.clock.now().getTime() % dayMs));
  return bank;
}

/** `YYYY-MM-DD` of today, or of some days from it. */
export function dayFrom(bank: TestApp, days = 0): string {
  return new Date(bank.clock.now().getTime() + days * dayMs).toISOString().slice(0, 10);
}

/** The body of a suppression by a list of core customer ids. */
export function listSuppression(text: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const content = Buffer.from(text).toString('base64');
  return { name: 'Do not contact', channel: 'any', identifierType: 'coreCustomerId', content, ...more };
}

/** The same, of customers of `seedCustomers`. */
export function listOfSeeded(ordinals: readonly number[], more: Record<string, unknown> = {}) {
  return listSuppression(ordinals.map((ordinal) => `CORE-${ordinal}`).join('\n'), more);
}

export async function postSuppression(
  bank: TestApp,
  json: Record<string, unknown>,
  request: Partial<TestRequest> = {},
): Promise<LightMyRequestResponse> {
  return await bank.send({ method: 'POST', url: suppressionsUrl, json, ...request });
}

/** A suppression that is made, or the test fails. */
export async function suppress(bank: TestApp, json: Record<string, unknown>) {
  const answer = await postSuppression(bank, json);
  assert.equal(answer.statusCode, 201, answer.body);
  return answer.json();
}

export async function deleteSuppression(bank: TestApp, id: string): Promise<void> {
  const headers = { 'if-match': '*' };
  const answer = await bank.send({ method: 'DELETE', url: `${suppressionsUrl}/${id}`, headers });
  assert.equal(answer.statusCode, 204, answer.body);
}

import type { LightMyRequestResponse } from 'fastify';
import type { CustomerItem } from '../../src/modules/customers/index.ts';
import type { TestApp } from '../support/app.ts';

export interface LoadRequest {
  /** Query besides the mode. */
  readonly query?: string;
  readonly mode?: 'upsert' | 'replace';
  readonly format?: 'csv' | 'ndjson';
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
  /** Default: customers. */
  readonly collection?: 'customerLoads' | 'accountLoads';
}

/** Sends a file to the loads. */
export async function sendLoad(
  bank: TestApp,
  file: string | Buffer,
  request: LoadRequest = {},
): Promise<LightMyRequestResponse> {
  const query = request.query === undefined ? '' : `&${request.query}`;
  return await bank.send({
    method: 'POST',
    url: `/service/${request.collection ?? 'customerLoads'}?mode=${request.mode ?? 'upsert'}${query}`,
    headers: {
      'content-type': request.format === 'ndjson' ? 'application/x-ndjson' : 'text/csv',
      ...request.headers,
    },
    payload: file,
    ...(request.token === undefined ? {} : { token: request.token }),
  });
}

/** Loads a file that must be taken; returns the load. */
export async function load(bank: TestApp, lines: readonly string[], request: LoadRequest = {}) {
  const answer = await sendLoad(bank, `${lines.join('\n')}\n`, request);
  if (answer.statusCode !== 201) throw new Error(`the load answered ${answer.statusCode}: ${answer.body}`);
  return answer.json();
}

/** Every customer, revealed, by core customer id. */
export async function revealedCustomers(bank: TestApp): Promise<Map<string, CustomerItem>> {
  const answer = await bank.send({ url: '/service/customers?limit=1000', headers: { 'reveal-reason': 'a test' } });
  const items: CustomerItem[] = answer.json().items;
  return new Map(items.map((item) => [item.coreCustomerId, item]));
}

/** Makes an audience of whom a list of values names; returns it, or the problem. */
export async function importList(bank: TestApp, identifierType: string, values: readonly string[]) {
  const answer = await bank.send({
    method: 'POST',
    url: '/service/importedCustomerAudiences',
    json: {
      identifierType,
      name: `List ${Math.random()}`,
      fileName: 'list.csv',
      content: Buffer.from(values.join('\n')).toString('base64'),
    },
  });
  return answer.json();
}

/** The counts of a load: inserted, updated, unchanged, returned, invalid, removed. */
export function countsOf(body: Record<string, number>): (number | undefined)[] {
  return ['inserted', 'updated', 'unchanged', 'returned', 'invalid', 'removed'].map((name) => body[`${name}Count`]);
}

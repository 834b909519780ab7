import { setTimeout as delay } from 'node:timers/promises';
import type { OpenDatabase } from '../../src/db/database.ts';
import { type FaultAnswer, type FaultRequest, sendRequest, textOf } from './fault-request.ts';
import { countWhere } from './fault-store.ts';

/** Something that is done whole or not at all, whenever the server is killed. */
export interface Operation {
  /** Names it, and is its Idempotency-Key. */
  readonly id: string;
  readonly request: FaultRequest;
  /** What is there of it now. @throws Violation for anything between none and whole */
  look(database: OpenDatabase): Promise<'none' | 'whole'>;
  /** Follows an accepted operation to its end. */
  settled(server: ServerAddress, answer: FaultAnswer): Promise<void>;
  /** The id of what the answer says was made; '' while it is only accepted. */
  madeBy(answer: FaultAnswer): string;
}

type ServerAddress = { address: string; token: string };

/** The promise that was broken, in words. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export const importKinds = ['json', 'csv', 'async'] as const;
export type ImportKind = (typeof importKinds)[number];

/** A job of a killed process runs again within about 35 s on PostgreSQL; the loop shortens that. */
const settleTimeoutMs = 60_000;
/** Twice in each list, and as many that name nobody. */
const duplicates = 100;

export interface Size {
  /** Customers that are there from the beginning. */
  readonly customers: number;
  /** Lines of an import that name one. */
  readonly lines: number;
  /** Customers that a load brings anew; it changes half as many. */
  readonly loaded: number;
}

const taxId = (index: number) => String(200_000_000 + index);

/** The file that fills the base before the first fault. */
export function baseFile(size: Size): string {
  return loadFile(size.customers, (index) => [`B${index}`, taxId(index), 'BASE']);
}

/** Its list makes exactly one audience of `lines` members. */
export function importOperation(id: string, kind: ImportKind, size: Size): Operation {
  const known = Array.from({ length: size.lines }, (_none, index) => taxId(index));
  const unknown = Array.from({ length: duplicates }, (_none, index) => String(700_000_000 + index));
  const text = `${[...known, ...unknown, ...known.slice(0, duplicates), 'broken', ''].join('\n')}\n`;
  const fields = { identifierType: 'taxIdNumber', name: id, fileName: `${id}.csv` };
  const path = '/service/importedCustomerAudiences';
  const key = { 'idempotency-key': id };
  const json = { ...fields, content: Buffer.from(text).toString('base64') };
  const request: FaultRequest =
    kind === 'csv'
      ? {
          method: 'POST',
          path: `${path}?${new URLSearchParams(fields)}`,
          headers: { ...key, 'content-type': 'text/csv' },
          body: text,
        }
      : {
          method: 'POST',
          path,
          headers: {
            ...key,
            'content-type': 'application/json',
            ...(kind === 'async' ? { prefer: 'respond-async' } : {}),
          },
          body: JSON.stringify(json),
        };
  return {
    id,
    request,
    async look(database) {
      const audiences = await countWhere(database, 'audience where name = $1', [id]);
      if (audiences > 1) throw new Violation(`${id}: ${audiences} audiences`);
      const members = await countWhere(database, 'audience where name = $1 and customer_count = $2', [id, size.lines]);
      if (audiences === 1 && members === 0) throw new Violation(`${id}: the audience has not all its members`);
      return audiences === 1 ? 'whole' : 'none';
    },
    async settled(server, answer) {
      if (answer.status !== 202) return;
      const importPath = `/service/customerAudienceImports/${textOf(answer.json, 'id')}`;
      await until(`${id}: the accepted import has not ended`, async () => {
        const now = await sendRequest(server, { path: importPath });
        const state = textOf(now?.json, 'state');
        if (['rejected', 'failed', 'canceled'].includes(state)) throw new Violation(`${id}: accepted, then ${state}`);
        return state === 'completed';
      });
    },
    madeBy: (answer) => (answer.status === 202 ? '' : textOf(answer.json, 'id')),
  };
}

/** Brings customers of its own and marks half as many of the base. */
export function loadOperation(id: string, size: Size): Operation {
  const changed = Math.trunc(size.loaded / 2);
  const all = size.loaded + changed;
  const row = (index: number): string[] => {
    if (index < size.loaded) return [`${id}-${index}`, taxId(50_000_000 + index), id];
    return [`B${index - size.loaded}`, taxId(index - size.loaded), id];
  };
  return {
    id,
    request: {
      method: 'POST',
      path: '/service/customerLoads?mode=upsert',
      headers: { 'idempotency-key': id, 'content-type': 'text/csv' },
      body: loadFile(all, row),
    },
    async look(database) {
      const marked = await countWhere(database, 'customer where region_code = $1', [id]);
      if (marked !== 0 && marked !== all) throw new Violation(`${id}: ${marked} of ${all} customers are visible`);
      return marked === 0 ? 'none' : 'whole';
    },
    async settled() {},
    madeBy: (answer) => textOf(answer.json, 'id'),
  };
}

function loadFile(rows: number, row: (index: number) => readonly string[]): string {
  const lines = Array.from({ length: rows }, (_none, index) => row(index).join(','));
  return `coreCustomerId,taxIdNumber,regionCode\n${lines.join('\n')}\n`;
}

export async function until(complaint: string, isDone: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + settleTimeoutMs;
  while (!(await isDone())) {
    if (Date.now() > giveUpAt) throw new Violation(complaint);
    await delay(50);
  }
}

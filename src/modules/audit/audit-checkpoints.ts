import type { Logger } from 'pino';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database } from '../../db/transaction.ts';
import { isAuthentic } from './audit-chain.ts';
import { findChainKey } from './audit-key.ts';
import { listChainOwners } from './audit-list-store.ts';
import { findAuditHead } from './audit-store.ts';

export const checkpointMessage = 'audit checkpoint';
/** An installation has far fewer institutions. */
export const institutionsMax = 10_000;
/** Hourly checkpoints of a hundred institutions over ten years are nine million; a file of more is split by year. */
const checkpointsMax = 10_000_000;
/** A checkpoint's line has about 200 characters; longer ones are of other messages. */
const lineCharactersMax = 2_000;

/**
 * Writes the end of every chain to the log, where the database's owner cannot reach it: an older head that is put back
 * together with its chain is authentic, and only such a line shows that there was more.
 */
export interface AuditCheckpoints {
  /**
   * One line an institution: `institution`, `sequence`, `hash` (hex), message `audit checkpoint`, level info; of a
   * chain without a key, a head, or an authentic one a line at level error.
   */
  write(): Promise<void>;
}

export function createAuditCheckpoints(deps: {
  database: Database;
  keyring: Pick<Keyring, 'forInstitution'>;
  logger: Logger;
}): AuditCheckpoints {
  const { database, keyring, logger } = deps;
  return {
    async write() {
      const institutions = await database.asOperator((tx) => listChainOwners(tx, institutionsMax));
      for (const institution of institutions) {
        const key = await findChainKey(keyring, institution);
        const head = await database.inInstitution(institution, findAuditHead);
        if (key === undefined) {
          logger.error({ institution }, 'audit key is missing');
        } else if (head === undefined) {
          logger.error({ institution }, 'audit head is missing');
        } else if (isAuthentic(key, head)) {
          const hash = Buffer.from(head.hash).toString('hex');
          logger.info({ institution, sequence: head.sequence, hash }, checkpointMessage);
        } else {
          logger.error({ institution, sequence: head.sequence }, 'audit head is not authentic');
        }
      }
    },
  };
}

/** By institution and sequence the hashes that the log has seen; two of them contradict each other. */
export type Checkpoints = ReadonlyMap<string, ReadonlyMap<number, ReadonlySet<string>>>;

/**
 * Finds the checkpoints among the lines of a log; what stands before the JSON (a collector's time) and all other lines
 * are passed over.
 *
 * @throws RangeError for more than ten million
 */
export async function readCheckpoints(
  lines: AsyncIterable<string>,
): Promise<{ checkpoints: Checkpoints; count: number }> {
  const checkpoints = new Map<string, Map<number, Set<string>>>();
  let count = 0;
  for await (const line of lines) {
    const found = parseCheckpoint(line);
    if (found === undefined) continue;
    count += 1;
    if (count > checkpointsMax) throw new RangeError('too many checkpoints in one file');
    const ofInstitution = checkpoints.get(found.institution) ?? new Map<number, Set<string>>();
    checkpoints.set(found.institution, ofInstitution);
    const hashes = ofInstitution.get(found.sequence) ?? new Set<string>();
    ofInstitution.set(found.sequence, hashes.add(found.hash));
  }
  return { checkpoints, count };
}

function parseCheckpoint(line: string): { institution: string; sequence: number; hash: string } | undefined {
  const start = line.indexOf('{');
  if (start === -1 || line.length > lineCharactersMax || !line.includes(checkpointMessage)) return undefined;
  const value = parseJson(line.slice(start));
  if (typeof value !== 'object' || value === null) return undefined;
  const { msg, institution, sequence, hash }: Record<string, unknown> = { ...value };
  if (msg !== checkpointMessage || typeof institution !== 'string' || typeof hash !== 'string') return undefined;
  if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 1) return undefined;
  return { institution, sequence, hash };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

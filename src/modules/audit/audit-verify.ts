import type { Keyring } from '../../crypto/keyring.ts';
import type { Database } from '../../db/transaction.ts';
import { entryHash, genesisHash, isAuthentic, sameBytes } from './audit-chain.ts';
import { type Checkpoints, institutionsMax } from './audit-checkpoints.ts';
import { findChainKey } from './audit-key.ts';
import { listChainOwners, listChainRows, type StoredEntry } from './audit-list-store.ts';
import { findAuditHead, type StoredHead } from './audit-store.ts';

/** An entry of a thousand revealed customers has 25 kB: a batch stays below 15 MB. */
const batchRows = 500;

export const findingKinds = {
  missing: 'entries are not there',
  duplicated: 'the number stands twice',
  altered: 'the entry does not fit the chain: it was changed, moved or put in',
  cutOff: 'the chain ends before its last entry',
  trailMissing: 'the whole trail is gone, its first entry and the record of its end',
  keyMissing: 'the key of the chain is gone: nothing of it can be checked',
  headMissing: 'the end of the chain is not recorded',
  headForged: 'the record of the chain’s end is not authentic',
  beyondHead: 'entries follow the recorded end of the chain',
  checkpointMissed: 'the chain ends before a checkpoint of the log',
  checkpointDiffers: 'the entry is not the one that a checkpoint of the log saw',
} as const;

/** The first thing that is wrong with a chain; what comes after it cannot be judged. */
export interface ChainFinding {
  readonly kind: keyof typeof findingKinds;
  /** The first bad entry. */
  readonly sequence: number;
}

export interface ChainReport {
  readonly institutionId: string;
  /** Entries that were found good, from the first on. */
  readonly entryCount: number;
  /** Checkpoints that were held against them. */
  readonly checkpointCount: number;
  readonly finding: ChainFinding | undefined;
}

export interface VerifyOptions {
  /** Default: every institution. */
  readonly institutionId?: string | undefined;
  readonly checkpoints?: Checkpoints | undefined;
  /** Hears after each batch how far the chain of one institution has been walked; the walk waits for it. */
  readonly onProgress?:
    | ((progress: { institutionId: string; sequence: number; ofSequence: number }) => void | Promise<void>)
    | undefined;
}

interface VerifyDeps {
  readonly database: Database;
  readonly keyring: Pick<Keyring, 'forInstitution'>;
}

/**
 * Walks the chains from their first entries. Acts may go on meanwhile: each batch and the end of the chain are of one
 * moment, and the last batch is judged by the end that stood when it was read.
 */
export async function verifyAudit(deps: VerifyDeps, options: VerifyOptions = {}): Promise<readonly ChainReport[]> {
  const known = await deps.database.asOperator((tx) => listChainOwners(tx, institutionsMax));
  const inLog = [...(options.checkpoints?.keys() ?? [])].filter((id) => !known.includes(id));
  const wanted = [...known, ...inLog].filter(
    (id) => options.institutionId === undefined || id === options.institutionId,
  );
  const reports: ChainReport[] = [];
  for (const id of wanted) {
    reports.push(known.includes(id) ? await verifyTrail(deps, id, options) : lostChain(id));
  }
  return reports;
}

/** The log knows of an institution that is not there. */
function lostChain(institutionId: string): ChainReport {
  return { institutionId, entryCount: 0, checkpointCount: 0, finding: { kind: 'checkpointMissed', sequence: 1 } };
}

/** The same of one institution. */
export async function verifyTrail(
  deps: VerifyDeps,
  institutionId: string,
  options: Omit<VerifyOptions, 'institutionId'> = {},
): Promise<ChainReport> {
  const key = await findChainKey(deps.keyring, institutionId);
  if (key === undefined) {
    return { institutionId, entryCount: 0, checkpointCount: 0, finding: { kind: 'keyMissing', sequence: 1 } };
  }
  const walk = createWalk(key, options.checkpoints?.get(institutionId) ?? new Map());
  for (;;) {
    const from = walk.last?.sequence;
    const { head, rows } = await readBatch(deps.database, institutionId, from);
    // The first row is the last one of the batch before, which has been seen.
    for (const row of from !== undefined && rows[0]?.sequence === from ? rows.slice(1) : rows) {
      const finding = walk.step(row);
      if (finding !== undefined) return { institutionId, ...walk.counts(), finding };
    }
    const sequence = walk.last?.sequence ?? 0;
    await options.onProgress?.({ institutionId, sequence, ofSequence: Math.max(sequence, head?.sequence ?? 0) });
    if (rows.length <= batchRows) return { institutionId, ...walk.counts(), finding: walk.end(head) };
  }
}

async function readBatch(
  database: Database,
  institutionId: string,
  from: number | undefined,
): Promise<{ head: StoredHead | undefined; rows: StoredEntry[] }> {
  return await database.inInstitution(
    institutionId,
    async (tx) => ({ head: await findAuditHead(tx), rows: await listChainRows(tx, from, batchRows + 1) }),
    { isolation: 'repeatable read' },
  );
}

/** The state of a walk along one chain. */
function createWalk(key: Uint8Array, checkpoints: ReadonlyMap<number, ReadonlySet<string>>) {
  let last: StoredEntry | undefined;
  let entryCount = 0;
  let checkpointCount = 0;
  return {
    get last() {
      return last;
    },
    counts: () => ({ entryCount, checkpointCount }),
    step(row: StoredEntry): ChainFinding | undefined {
      const expected = (last?.sequence ?? 0) + 1;
      if (row.sequence > expected) return { kind: 'missing', sequence: expected };
      if (row.sequence < expected) return { kind: row.sequence < 1 ? 'altered' : 'duplicated', sequence: row.sequence };
      if (!sameBytes(entryHash(key, last?.hash ?? genesisHash, row), row.hash)) {
        return { kind: 'altered', sequence: expected };
      }
      const seen = checkpoints.get(expected);
      if (seen !== undefined) {
        checkpointCount += seen.size;
        if (seen.size > 1 || !seen.has(row.hash.toString('hex'))) {
          return { kind: 'checkpointDiffers', sequence: expected };
        }
      }
      last = row;
      entryCount += 1;
      return undefined;
    },
    end(head: StoredHead | undefined): ChainFinding | undefined {
      return headFinding(key, head, last) ?? missedCheckpoint(checkpoints, last?.sequence ?? 0);
    },
  };
}

function headFinding(
  key: Uint8Array,
  head: StoredHead | undefined,
  last: StoredEntry | undefined,
): ChainFinding | undefined {
  // No chain is empty: it begins with the institution.
  if (head === undefined && last === undefined) return { kind: 'trailMissing', sequence: 1 };
  const sequence = last?.sequence ?? 0;
  if (head === undefined) return { kind: 'headMissing', sequence };
  if (!isAuthentic(key, head)) return { kind: 'headForged', sequence: Math.min(sequence, head.sequence) + 1 };
  if (head.sequence > sequence) return { kind: 'cutOff', sequence: sequence + 1 };
  if (head.sequence < sequence) return { kind: 'beyondHead', sequence: head.sequence + 1 };
  return sameBytes(head.hash, last?.hash ?? genesisHash) ? undefined : { kind: 'altered', sequence };
}

function missedCheckpoint(checkpoints: ReadonlyMap<number, unknown>, sequence: number): ChainFinding | undefined {
  for (const seen of checkpoints.keys()) {
    if (seen > sequence) return { kind: 'checkpointMissed', sequence: sequence + 1 };
  }
  return undefined;
}

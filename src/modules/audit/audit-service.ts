import type { InstitutionKeys, Keyring } from '../../crypto/keyring.ts';
import type { InstitutionTx, OperatorTx } from '../../db/transaction.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { type ChainedEntry, entryHash, genesisHash, headMac, isAuthentic } from './audit-chain.ts';
import type { AuditEntry } from './audit-entry.ts';
import {
  insertAuditEntry,
  insertFirstAuditEntry,
  type LockedHead,
  lockAuditHead,
  type NewEntry,
} from './audit-store.ts';

/** The trail takes no entry: something of it is gone or was changed. */
export class AuditTrailBroken extends Error {
  override readonly name = 'AuditTrailBroken';

  constructor(fault: string) {
    super(`${fault}: see rollcall audit verify`);
  }
}

export interface Audit {
  /**
   * Appends an entry in the transaction of the act. Call it last: it holds the end of the institution's chain until the
   * commit, and whoever acts next waits (lock order: institution, audience, audit head).
   *
   * @throws AuditTrailBroken when the beginning of the chain is not there, or its end not there or not authentic: to go
   *   on would hide what was done to it
   */
  append(tx: InstitutionTx, entry: AuditEntry): Promise<void>;
}

export function createAudit(deps: { keyring: Pick<Keyring, 'within'> }): Audit {
  return {
    async append(tx, entry) {
      const key = (await deps.keyring.within(tx)).macKey('audit');
      const head = intactHead(key, await lockAuditHead(tx));
      const chained = chainedEntry(tx.institutionId, entry, head.sequence + 1);
      await insertAuditEntry(tx, sealedEntry(key, head.hash, chained));
    },
  };
}

/**
 * Begins the chain of a new institution with the entry of its creation, in that very transaction. Every institution has
 * a first entry and a head from then on: one without was tampered with, and is never taken for one that did not act.
 */
export async function beginAuditTrail(tx: OperatorTx, keys: InstitutionKeys, entry: AuditEntry): Promise<void> {
  const first = chainedEntry(keys.institutionId, entry, 1);
  await insertFirstAuditEntry(tx, sealedEntry(keys.macKey('audit'), genesisHash, first));
}

function intactHead(key: Uint8Array, head: LockedHead | undefined): LockedHead {
  if (head === undefined) throw new AuditTrailBroken('the head of the audit trail is missing');
  if (!isAuthentic(key, head)) throw new AuditTrailBroken('the head of the audit trail is not authentic');
  if (!head.hasFirstEntry) throw new AuditTrailBroken('the first entry of the audit trail is missing');
  return head;
}

function sealedEntry(key: Uint8Array, previousHash: Uint8Array, chained: ChainedEntry): NewEntry {
  const { institutionId, sequence } = chained;
  const hash = entryHash(key, previousHash, chained);
  const mac = headMac(key, { institutionId, sequence, hash });
  return { entry: { ...chained, detail: canonicalJson(chained.detail) }, head: { hash, mac } };
}

function chainedEntry(institutionId: string, entry: AuditEntry, sequence: number): ChainedEntry {
  const { actor } = entry;
  return {
    institutionId,
    sequence,
    at: entry.at.toISOString(),
    principalKind: actor.kind,
    principalId: actor.principalId,
    applicationId: actor.applicationId ?? null,
    address: actor.address ?? null,
    operation: entry.operation,
    resource: entry.resource ?? null,
    outcome: entry.outcome,
    detail: entry.detail ?? {},
  };
}

import type { Keyring } from '../../crypto/keyring.ts';
import type { InstitutionTx } from '../../db/transaction.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { type ChainedEntry, entryHash, genesisHash, headMac, isAuthentic } from './audit-chain.ts';
import type { AuditEntry } from './audit-entry.ts';
import { insertAuditEntry, insertAuditHead, lockAuditHead, type StoredHead } from './audit-store.ts';

export interface Audit {
  /**
   * Appends an entry in the transaction of the act. Call it last: it holds the end of the institution's chain until the
   * commit, and whoever acts next waits (lock order: institution, audience, audit head).
   *
   * @throws Error when the end of the chain is not authentic: to go on would hide what was done to it
   */
  append(tx: InstitutionTx, entry: AuditEntry): Promise<void>;
}

export function createAudit(deps: { keyring: Pick<Keyring, 'within'> }): Audit {
  return {
    async append(tx, entry) {
      const key = (await deps.keyring.within(tx)).macKey('audit');
      const head = (await lockAuditHead(tx)) ?? (await beginChain(tx, key));
      if (!isAuthentic(key, head)) {
        throw new Error('the head of the audit trail is not authentic: see rollcall audit verify');
      }
      const chained = chainedEntry(tx, entry, head.sequence + 1);
      const hash = entryHash(key, head.hash, chained);
      const mac = headMac(key, { institutionId: tx.institutionId, sequence: chained.sequence, hash });
      await insertAuditEntry(tx, { ...chained, detail: canonicalJson(chained.detail) }, { hash, mac });
    },
  };
}

async function beginChain(tx: InstitutionTx, key: Uint8Array): Promise<StoredHead> {
  const genesis = { institutionId: tx.institutionId, sequence: 0, hash: genesisHash };
  await insertAuditHead(tx, { ...genesis, mac: headMac(key, genesis) });
  const head = await lockAuditHead(tx);
  if (head === undefined) throw new Error('the audit trail has no head');
  return head;
}

function chainedEntry(tx: InstitutionTx, entry: AuditEntry, sequence: number): ChainedEntry {
  const { actor } = entry;
  return {
    institutionId: tx.institutionId,
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

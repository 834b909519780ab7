import type { InstitutionTx } from '../../db/transaction.ts';
import type { ChainedEntry, ChainHead } from './audit-chain.ts';

export interface StoredHead extends ChainHead {
  readonly mac: Uint8Array;
}

// Plain text, not the builder: every act and every page of unmasked customers runs these two statements.
const findHeadText = 'select sequence, hash, mac from audit_head where institution_id = $1';
const appendText = `
  with entry as (
    insert into audit_entry (institution_id, sequence, at, principal_kind, principal_id, application_id, address,
      operation, resource, outcome, detail, hash)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12)
  )
  update audit_head set sequence = $2, hash = $12, mac = $13 where institution_id = $1`;

interface HeadRow {
  readonly sequence: number;
  readonly hash: Buffer;
  readonly mac: Buffer;
}

export async function findAuditHead(tx: InstitutionTx): Promise<StoredHead | undefined> {
  const { rows } = await tx.client.query<HeadRow>(findHeadText, [tx.institutionId]);
  return rows[0] && { institutionId: tx.institutionId, ...rows[0] };
}

/** The end of the institution's chain, held until the transaction ends: whoever appends next waits for it. */
export async function lockAuditHead(tx: InstitutionTx): Promise<StoredHead | undefined> {
  const { rows } = await tx.client.query<HeadRow>(`${findHeadText} for update`, [tx.institutionId]);
  return rows[0] && { institutionId: tx.institutionId, ...rows[0] };
}

/** Begins a chain unless another transaction has done so meanwhile. */
export async function insertAuditHead(tx: InstitutionTx, head: StoredHead): Promise<void> {
  await tx.client.query('insert into audit_head values ($1, $2, $3, $4) on conflict do nothing', [
    head.institutionId,
    head.sequence,
    head.hash,
    head.mac,
  ]);
}

/** Appends an entry and moves the head, which is locked, to it. */
export async function insertAuditEntry(
  tx: InstitutionTx,
  entry: Omit<ChainedEntry, 'detail'> & { readonly detail: string },
  head: Pick<StoredHead, 'hash' | 'mac'>,
): Promise<void> {
  await tx.client.query(appendText, [
    tx.institutionId,
    entry.sequence,
    entry.at,
    entry.principalKind,
    entry.principalId,
    entry.applicationId,
    entry.address,
    entry.operation,
    entry.resource,
    entry.outcome,
    entry.detail,
    head.hash,
    head.mac,
  ]);
}

import type { InstitutionTx, OperatorTx } from '../../db/transaction.ts';
import type { ChainedEntry, ChainHead } from './audit-chain.ts';

export interface StoredHead extends ChainHead {
  readonly mac: Uint8Array;
}

export interface LockedHead extends StoredHead {
  /** Whether the entry with which every chain begins is there. */
  readonly hasFirstEntry: boolean;
}

/** An entry with its detail as canonical JSON, and the head that it makes. */
export interface NewEntry {
  readonly entry: Omit<ChainedEntry, 'detail'> & { readonly detail: string };
  readonly head: Pick<StoredHead, 'hash' | 'mac'>;
}

// Plain text, not the builder: every act and every page of unmasked customers runs these two statements.
const findHeadText = 'select sequence, hash, mac from audit_head where institution_id = $1';
const lockHeadText = `select sequence, hash, mac,
    exists (select from audit_entry where institution_id = $1 and sequence = 1) as "hasFirstEntry"
  from audit_head where institution_id = $1 for update`;
const withEntryText = `
  with entry as (
    insert into audit_entry (institution_id, sequence, at, principal_kind, principal_id, application_id, address,
      operation, resource, outcome, detail, hash)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12)
  )`;
const appendText = `${withEntryText}
  update audit_head set sequence = $2, hash = $12, mac = $13 where institution_id = $1`;
const beginText = `${withEntryText}
  insert into audit_head (institution_id, sequence, hash, mac) values ($1, $2, $12, $13)`;

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
export async function lockAuditHead(tx: InstitutionTx): Promise<LockedHead | undefined> {
  const { rows } = await tx.client.query<HeadRow & { hasFirstEntry: boolean }>(lockHeadText, [tx.institutionId]);
  return rows[0] && { institutionId: tx.institutionId, ...rows[0] };
}

/** Appends an entry and moves the head, which is locked, to it. */
export async function insertAuditEntry(tx: InstitutionTx, added: NewEntry): Promise<void> {
  await tx.client.query(appendText, valuesOf(added));
}

/** Begins a chain: the first entry, and the head. Only the owner may, so that nobody else begins one anew. */
export async function insertFirstAuditEntry(tx: OperatorTx, added: NewEntry): Promise<void> {
  await tx.client.query(beginText, valuesOf(added));
}

function valuesOf({ entry, head }: NewEntry): unknown[] {
  return [
    entry.institutionId,
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
  ];
}

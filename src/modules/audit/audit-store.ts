import { sql } from 'kysely';
import type { InstitutionTx } from '../../db/transaction.ts';
import type { AuditEntry } from './audit-entry.ts';

/**
 * Appends an entry, last in the transaction of the act: the advisory lock, held until commit, gives the sequence
 * without gaps (a database sequence has gaps after a rollback, and a gap must mean a removed entry).
 */
export async function insertAuditEntry(tx: InstitutionTx, entry: AuditEntry): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('audit:' || ${tx.institutionId}, 0))`.execute(tx.db);
  await sql`
    insert into audit_entry (institution_id, sequence, at, principal_id, application_id, address, operation, resource, outcome, detail)
    select ${tx.institutionId}, coalesce(max(sequence), 0) + 1, ${entry.at}, ${entry.actor.principalId},
      ${entry.actor.applicationId ?? null}, ${entry.actor.address ?? null}, ${entry.operation},
      ${entry.resource ?? null}, ${entry.outcome}, ${JSON.stringify(entry.detail ?? {})}::jsonb
    from audit_entry where institution_id = ${tx.institutionId}
  `.execute(tx.db);
}

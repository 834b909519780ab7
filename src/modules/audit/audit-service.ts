import type { InstitutionTx } from '../../db/transaction.ts';
import type { AuditEntry } from './audit-entry.ts';
import { insertAuditEntry } from './audit-store.ts';

export interface Audit {
  /** Appends an entry in the transaction of the act; call it last, because it orders the writers of the institution. */
  append(tx: InstitutionTx, entry: AuditEntry): Promise<void>;
}

export function createAudit(): Audit {
  return { append: insertAuditEntry };
}

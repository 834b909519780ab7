import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Principal } from '../access/index.ts';
import { actorOf } from './audit-entry.ts';
import { type AuditFilter, listAuditRows, type StoredEntry } from './audit-list-store.ts';
import type { Audit } from './audit-service.ts';

export interface AuditQueryDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: Audit;
}

/**
 * A page of the trail, newest first; `last` is the entry it ended with unless it was the last page. Reading it is an
 * act like any other and leaves an entry, in the same transaction.
 */
export async function readAuditEntries(
  deps: AuditQueryDeps,
  principal: Principal,
  filter: AuditFilter,
  page: { beforeSequence: number | undefined; limit: number },
): Promise<{ entries: readonly StoredEntry[]; last: StoredEntry | undefined }> {
  return await deps.database.inInstitution(principal.institutionId, async (tx) => {
    // One more than asked for tells whether there is another page.
    const rows = await listAuditRows(tx, filter, { ...page, limit: page.limit + 1 });
    const entries = rows.slice(0, page.limit);
    await deps.audit.append(tx, {
      at: deps.clock.now(),
      actor: actorOf(principal),
      operation: 'listAuditEntries',
      outcome: 'done',
      detail: {
        filters: Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [name])),
        entryCount: entries.length,
        newestSequence: entries[0]?.sequence,
        oldestSequence: entries.at(-1)?.sequence,
      },
    });
    return { entries, last: rows.length > page.limit ? entries.at(-1) : undefined };
  });
}

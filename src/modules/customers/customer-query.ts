import { LRUCache } from 'lru-cache';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import { auditReveal, type Reveal } from './customer-reveal.ts';
import type { CustomerItem } from './customer-schemas.ts';
import {
  type CustomerFilter,
  countCustomers,
  findCustomerBase,
  findCustomerById,
  listCustomers,
  type SealedCustomer,
} from './customer-store.ts';
import { openCustomerRows } from './customer-view.ts';

export interface CustomerQueryDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly audit: Audit;
}

interface Caller {
  readonly principal: Principal;
  readonly reveal: Reveal;
}

export interface CustomerPage {
  readonly items: CustomerItem[];
  readonly count: number;
  /** Of the last item; absent on the last page. */
  readonly lastOrdinal: number | undefined;
}

const countsMax = 1_000;

/** Reads customers one at a time and by pages. */
export function createCustomerQuery(deps: CustomerQueryDeps) {
  // Counting two million rows takes longer than the page; the count of one version of the base never changes.
  const counts = new LRUCache<string, number>({ max: countsMax });

  async function countOf(tx: InstitutionTx, filter: CustomerFilter): Promise<number> {
    const { customerVersion } = await findCustomerBase(tx);
    const key = JSON.stringify([tx.institutionId, customerVersion, filter]);
    const known = counts.get(key);
    if (known !== undefined) return known;
    const count = await countCustomers(tx, filter);
    counts.set(key, count);
    return count;
  }

  return {
    /** @throws Problem `notFound`, also for a customer of another institution */
    async getCustomer({ principal, reveal }: Caller, id: string): Promise<{ item: CustomerItem; fingerprint: string }> {
      const row = await deps.database.inInstitution(principal.institutionId, async (tx) => {
        const found = await findCustomerById(tx, id, { withIdentifiers: reveal.revealed });
        if (found !== undefined && reveal.revealed) {
          const { reason } = reveal;
          await auditReveal(tx, deps, { principal, operation: 'getCustomer', resource: id, reason, customerIds: [id] });
        }
        return found;
      });
      if (row === undefined) throw new Problem('notFound', { detail: 'There is no customer with this id.' });
      const [item] = await openRows(deps, { principal, reveal }, [row]);
      if (item === undefined) throw new Error('a customer row was not opened');
      return { item, fingerprint: row.row_fingerprint };
    },

    async listCustomers(
      { principal, reveal }: Caller,
      filter: CustomerFilter,
      page: { afterOrdinal: number; limit: number },
    ): Promise<CustomerPage> {
      const read = await deps.database.inInstitution(
        principal.institutionId,
        async (tx) => {
          const count = await countOf(tx, filter);
          // One more than asked for tells whether there is another page.
          const { afterOrdinal, limit } = page;
          const rows = await listCustomers(tx, filter, {
            afterOrdinal,
            limit: limit + 1,
            withIdentifiers: reveal.revealed,
          });
          const shown = rows.slice(0, limit);
          return { count, shown, more: rows.length > limit };
        },
        // The count and the rows are of one version.
        { isolation: 'repeatable read' },
      );
      if (reveal.revealed && read.shown.length > 0) {
        const customerIds = read.shown.map((row) => row.id);
        // A transaction of its own: under repeatable read the next number of the trail would be an old one.
        await deps.database.inInstitution(principal.institutionId, (tx) =>
          auditReveal(tx, deps, { principal, operation: 'listCustomers', reason: reveal.reason, customerIds }),
        );
      }
      return {
        items: await openRows(deps, { principal, reveal }, read.shown),
        count: read.count,
        lastOrdinal: read.more ? read.shown.at(-1)?.ordinal : undefined,
      };
    },
  };
}

async function openRows(
  { keyring }: CustomerQueryDeps,
  { principal, reveal }: Caller,
  rows: readonly SealedCustomer[],
): Promise<CustomerItem[]> {
  return await keyring.opening(principal.institutionId, (keys) => openCustomerRows(rows, keys, reveal));
}

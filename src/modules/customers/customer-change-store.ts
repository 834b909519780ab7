import { sql } from 'kysely';
import type { InstitutionTx } from '../../db/transaction.ts';

export interface LockedBase {
  readonly customerVersion: number;
  readonly nextOrdinal: number;
  readonly gone: Buffer;
}

/**
 * Holds the customer base until the transaction ends, against imports (which share it) and other changes. NO KEY: a
 * plain FOR UPDATE would also block every insert that refers to the institution (audit entries, idempotency records),
 * that is, the whole API while a load publishes.
 */
export async function lockCustomerBase(tx: InstitutionTx): Promise<LockedBase> {
  return await tx.db
    .selectFrom('institution')
    .select(['customer_version as customerVersion', 'next_ordinal as nextOrdinal', 'gone'])
    .where('id', '=', tx.institutionId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/**
 * Publishes a change: the next version of the base, with what it did to ordinals.
 *
 * @param change.keepsFacts whether all is known of those who stay that was known before (an erasure): then filters need
 *   not read the base again
 */
export async function saveCustomerBase(
  tx: InstitutionTx,
  change: { nextOrdinal?: number; gone?: Uint8Array; keepsFacts?: boolean },
): Promise<number> {
  const row = await tx.db
    .updateTable('institution')
    .set({
      customer_version: sql<number>`customer_version + 1`,
      ...(change.keepsFacts === true ? {} : { facts_version: sql<number>`customer_version + 1` }),
      ...(change.nextOrdinal === undefined ? {} : { next_ordinal: change.nextOrdinal }),
      ...(change.gone === undefined ? {} : { gone: Buffer.from(change.gone) }),
    })
    .where('id', '=', tx.institutionId)
    .returning('customer_version as customerVersion')
    .executeTakeFirstOrThrow();
  return row.customerVersion;
}

/**
 * Deletes the customer's row, with both envelopes, every token of it, its measures and its part in accounts; an account
 * without another owner is gone with it.
 */
export async function deleteCustomer(tx: InstitutionTx, ordinal: number): Promise<void> {
  for (const table of ['customer_identifier', 'customer_measure', 'account', 'customer'] as const) {
    await tx.db
      .deleteFrom(table)
      .where('institution_id', '=', tx.institutionId)
      .where('ordinal', '=', ordinal)
      .execute();
  }
}

/** Remembers that somebody left, by a keyed token of the core customer id (a uuid's 32 hex digits). */
export async function insertDeparted(tx: InstitutionTx, coreCustomerToken: string): Promise<void> {
  await tx.db
    .insertInto('departed_customer')
    .values({ institution_id: tx.institutionId, core_customer_token: coreCustomerToken })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

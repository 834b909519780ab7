import { sql } from 'kysely';
import type { InstitutionTx } from '../../db/transaction.ts';

/** How many customers have at least one identifier of a blind type, by the type's code. */
export async function countCustomersByType(tx: InstitutionTx): Promise<ReadonlyMap<number, number>> {
  const rows = await tx.db
    .selectFrom('customer_identifier')
    .select(['identifier_type', sql<number>`count(distinct ordinal)::integer`.as('count')])
    .where('institution_id', '=', tx.institutionId)
    .groupBy('identifier_type')
    .orderBy('identifier_type')
    .execute();
  return new Map(rows.map((row) => [row.identifier_type, row.count]));
}

/** How many customers there are: each has the two ids that rest in clear. */
export async function countCustomers(tx: InstitutionTx): Promise<number> {
  const row = await tx.db
    .selectFrom('customer')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('institution_id', '=', tx.institutionId)
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function findCustomerVersion(tx: InstitutionTx): Promise<number> {
  const row = await tx.db
    .selectFrom('institution')
    .select('customer_version')
    .where('id', '=', tx.institutionId)
    .executeTakeFirstOrThrow();
  return row.customer_version;
}

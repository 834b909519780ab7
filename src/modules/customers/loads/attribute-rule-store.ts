import { sql } from 'kysely';
import type { InstitutionTx } from '../../../db/transaction.ts';
import type { AttributeRule } from './attribute-values.ts';

/** The attributes that the institution has defined; at most a hundred. */
export async function listAttributeRules(tx: InstitutionTx): Promise<AttributeRule[]> {
  return await tx.db
    .selectFrom('customer_attribute')
    .select(['id', 'name', 'data_type as dataType', 'constraints'])
    .where('institution_id', '=', tx.institutionId)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .execute();
}

/** Removes the values of attributes that were deleted, and then what was left of those. */
export async function deleteDeadAttributes(tx: InstitutionTx): Promise<void> {
  const { rows } = await sql<{ id: string }>`delete from customer_attribute
    where institution_id = ${tx.institutionId} and deleted_at is not null returning id`.execute(tx.db);
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => id);
  await sql`update customer set attributes = attributes - ${ids}::text[]
    where institution_id = ${tx.institutionId} and attributes ?| ${ids}::text[]`.execute(tx.db);
}

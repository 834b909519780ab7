import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { InstitutionTx } from '../../db/transaction.ts';

type Table = Tables['customer_attribute'];
export type AttributeRow = Selectable<Table>;

/** Who makes attributes of the institution takes turns, so that their number stays bounded and a name is free or not. */
export async function lockAttributes(tx: InstitutionTx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`customer_attribute ${tx.institutionId}`}, 0))`.execute(
    tx.db,
  );
}

export async function findAttribute(tx: InstitutionTx, id: string): Promise<AttributeRow | undefined> {
  return await liveAttributes(tx).selectAll().where('id', '=', id).executeTakeFirst();
}

/** The same, and keeps others from changing it until the transaction ends. */
export async function lockAttribute(tx: InstitutionTx, id: string): Promise<AttributeRow | undefined> {
  return await liveAttributes(tx).selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Attributes in the order of their names, and how many there are. */
export async function listAttributes(
  tx: InstitutionTx,
  page: { afterName: string | undefined; limit: number },
): Promise<{ rows: AttributeRow[]; count: number }> {
  const { afterName } = page;
  const rows = await liveAttributes(tx)
    .selectAll()
    .$if(afterName !== undefined, (query) => query.where('name', '>', afterName ?? ''))
    .orderBy('name')
    .limit(page.limit)
    .execute();
  return { rows, count: await countAttributes(tx) };
}

export async function countAttributes(tx: InstitutionTx): Promise<number> {
  const { count } = await liveAttributes(tx)
    .select(sql<number>`count(*)::integer`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** Whether an attribute has the name, whatever its case. */
export async function isNameTaken(tx: InstitutionTx, name: string): Promise<boolean> {
  const found = await liveAttributes(tx)
    .select('id')
    .where(sql<boolean>`lower(name) = lower(${name})`)
    .executeTakeFirst();
  return found !== undefined;
}

export async function insertAttribute(
  tx: InstitutionTx,
  row: Omit<Insertable<Table>, 'institution_id'>,
): Promise<AttributeRow> {
  return await tx.db
    .insertInto('customer_attribute')
    .values({ institution_id: tx.institutionId, ...row })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Changes an attribute that is locked, and its revision with it. */
export async function updateAttribute(
  tx: InstitutionTx,
  attribute: AttributeRow,
  change: Omit<Updateable<Table>, 'institution_id' | 'id' | 'revision'>,
): Promise<AttributeRow> {
  return await tx.db
    .updateTable('customer_attribute')
    .set({ ...change, revision: attribute.revision + 1 })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', attribute.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function liveAttributes(tx: InstitutionTx) {
  return tx.db
    .selectFrom('customer_attribute')
    .where('institution_id', '=', tx.institutionId)
    .where('deleted_at', 'is', null);
}

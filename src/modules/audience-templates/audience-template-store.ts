import { type Selectable, sql } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { InstitutionTx } from '../../db/transaction.ts';
import { nameSortBytes } from '../../lib/sort-position.ts';

export type TemplateRow = Selectable<Tables['audience_template']>;

/** Who changes templates of the institution takes turns: their number stays bounded, and a name is free or not. */
export async function lockTemplates(tx: InstitutionTx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`audience_template ${tx.institutionId}`}, 0))`.execute(
    tx.db,
  );
}

export async function findTemplate(tx: InstitutionTx, id: string): Promise<TemplateRow | undefined> {
  return await templates(tx).selectAll().where('id', '=', id).executeTakeFirst();
}

/** Templates in the order of the first bytes of their name keys, then ids; and how many there are under the filter. */
export async function listTemplates(
  tx: InstitutionTx,
  nameKeyPart: string,
  page: { after: { name: Buffer; id: string } | undefined; limit: number },
): Promise<{ rows: TemplateRow[]; count: number }> {
  const { after, limit } = page;
  const sortName = sql`substring(convert_to(name_key, 'UTF8') from 1 for ${sql.lit(nameSortBytes)})`;
  const filtered = templates(tx).where(sql<boolean>`strpos(name_key, ${nameKeyPart}) > 0`);
  const rows = await filtered
    .selectAll()
    .$if(after !== undefined, (query) => query.where(sql<boolean>`(${sortName}, id) > (${after?.name}, ${after?.id})`))
    .orderBy(sortName)
    .orderBy('id')
    .limit(limit)
    .execute();
  const { count } = await filtered.select(sql<number>`count(*)::integer`.as('count')).executeTakeFirstOrThrow();
  return { rows, count };
}

/** The keys of the names, by id. */
export async function listNameKeys(
  tx: InstitutionTx,
  limit: number,
): Promise<readonly Pick<TemplateRow, 'id' | 'name_key'>[]> {
  return await templates(tx).select(['id', 'name_key']).orderBy('id').limit(limit).execute();
}

export async function insertTemplate(
  tx: InstitutionTx,
  row: Omit<TemplateRow, 'institution_id'>,
): Promise<TemplateRow> {
  return await tx.db
    .insertInto('audience_template')
    .values({ institution_id: tx.institutionId, ...row, filters: JSON.stringify(row.filters) })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Writes what may change of a template, and the next revision. */
export async function updateTemplate(tx: InstitutionTx, row: TemplateRow): Promise<TemplateRow> {
  const { name, name_key, description, filters, refresh, updated_at } = row;
  return await tx.db
    .updateTable('audience_template')
    .set({
      ...{ name, name_key, description, refresh, updated_at },
      filters: JSON.stringify(filters),
      revision: row.revision + 1,
    })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteTemplate(tx: InstitutionTx, id: string): Promise<void> {
  await tx.db
    .deleteFrom('audience_template')
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', id)
    .execute();
}

function templates(tx: InstitutionTx) {
  return tx.db.selectFrom('audience_template').where('institution_id', '=', tx.institutionId);
}

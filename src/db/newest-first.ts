import { type SelectQueryBuilder, type Simplify, sql } from 'kysely';
import type { InstitutionTx } from './transaction.ts';

/** Where a page of a list begins that is sorted by `created_at` and `id`, and how long it is. */
export interface NewestFirstPage {
  /** The last row of the page before. */
  readonly after: { readonly createdAt: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/**
 * A page of the rows of a statement, newest first, and how many rows it has in all.
 *
 * @param rows over a table with `created_at` and a unique `id`; without order and limit
 */
export async function newestFirst<DB, TB extends keyof DB, Row>(
  tx: InstitutionTx,
  rows: SelectQueryBuilder<DB, TB, Row>,
  { after, limit }: NewestFirstPage,
): Promise<{ rows: Simplify<Row>[]; count: number }> {
  const found = await rows
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) < (${after?.createdAt ?? null}::timestamptz, ${after?.id ?? null})`),
    )
    .orderBy(sql.ref('created_at'), 'desc')
    .orderBy(sql.ref('id'), 'desc')
    .limit(limit)
    .execute();
  const matching = rows.clearSelect().select(sql.lit(1).as('one'));
  const counted = await sql<{ count: number }>`select count(*)::integer as count from (${matching}) matching`.execute(
    tx.db,
  );
  return { rows: found, count: counted.rows[0]?.count ?? 0 };
}

import { type Expression, type SqlBool, sql } from 'kysely';
import { afterPredicate } from '../../db/after-predicate.ts';
import type { InstitutionTx } from '../../db/transaction.ts';
import { nameSortBytes, type SortValue } from '../../lib/sort-position.ts';
import type { ApplicationSort, ApplicationSortField } from './application-sort.ts';
import type { SeenApplicationRow } from './application-store.ts';

export interface ApplicationFilter {
  /** Part of the name's key. */
  readonly nameKeyPart?: string | undefined;
  readonly states?: readonly SeenApplicationRow['state'][] | undefined;
  readonly authenticationTypes?: readonly SeenApplicationRow['authentication_type'][] | undefined;
}

export interface ApplicationPage {
  readonly sort: ApplicationSort;
  /** The sort values after which the page begins; absent = the first page. */
  readonly after: readonly SortValue[] | undefined;
  readonly limit: number;
}

/** Applications that the institution manages or that may act for it, and how many there are under the filter. */
export async function listApplications(
  tx: InstitutionTx,
  filter: ApplicationFilter,
  page: ApplicationPage,
): Promise<{ rows: SeenApplicationRow[]; count: number }> {
  const filtered = tx.db
    .selectFrom('seen_application')
    .where(visibleTo(tx.institutionId))
    .where(filterPredicate(filter));
  let query = filtered.selectAll().limit(page.limit);
  if (page.after !== undefined) query = query.where(afterPredicate(expressions, page.sort, page.after));
  for (const { field, descending } of page.sort) {
    query = query.orderBy(expressions[field], descending ? 'desc' : 'asc');
  }
  const rows = await query.execute();
  const { count } = await filtered.select(sql<number>`count(*)::integer`.as('count')).executeTakeFirstOrThrow();
  return { rows, count };
}

const expressions: Record<ApplicationSortField, Expression<unknown>> = {
  name: sql`substring(convert_to(name_key, 'UTF8') from 1 for ${sql.lit(nameSortBytes)})`,
  createdAt: sql.ref('created_at'),
  updatedAt: sql.ref('updated_at'),
  id: sql.ref('id'),
};

function visibleTo(institutionId: string): Expression<SqlBool> {
  return sql<boolean>`(seen_application.institution_id = ${institutionId} or exists (
    select from application_grant
    where application_grant.institution_id = ${institutionId} and application_grant.application_id = seen_application.id))`;
}

function filterPredicate({ nameKeyPart, states, authenticationTypes }: ApplicationFilter): Expression<SqlBool> {
  const always = sql<boolean>`true`;
  return sql<boolean>`${nameKeyPart === undefined ? always : sql`strpos(name_key, ${nameKeyPart}) > 0`}
    and ${states === undefined ? always : sql`state = any(${[...states]}::text[])`}
    and ${authenticationTypes === undefined ? always : sql`authentication_type = any(${[...authenticationTypes]}::text[])`}`;
}

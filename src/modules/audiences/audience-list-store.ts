import { type Expression, type SqlBool, sql } from 'kysely';
import { afterPredicate } from '../../db/after-predicate.ts';
import { rangePredicate } from '../../db/range-predicate.ts';
import type { InstitutionTx } from '../../db/transaction.ts';
import type { Range } from '../../lib/range.ts';
import { nameSortBytes, type SortValue } from '../../lib/sort-position.ts';
import type { AudienceViewer } from './audience-access.ts';
import type { CustomerAudience } from './audience-schemas.ts';
import type { AudienceSort, AudienceSortField } from './audience-sort.ts';
import type { AudienceRow } from './audience-store.ts';
import { isVisible, seenCopyOf, sharedWith } from './sharing/audience-share-store.ts';

export interface AudienceFilter {
  /** Part of the name's key. */
  readonly nameKeyPart?: string | undefined;
  readonly kinds?: readonly AudienceRow['kind'][] | undefined;
  readonly states?: readonly CustomerAudience['state'][] | undefined;
  readonly purposes?: readonly AudienceRow['purpose'][] | undefined;
  readonly createdAt?: Range<Date> | undefined;
  readonly customerCount?: Range<number> | undefined;
  readonly createdBy?: string | undefined;
  /** Id of a principal whom they are shared with. */
  readonly sharedWith?: string | undefined;
}

export interface AudiencePage {
  readonly sort: AudienceSort;
  /** The sort values after which the page begins; absent = the first page. */
  readonly after: readonly SortValue[] | undefined;
  readonly limit: number;
}

/** The audiences that the viewer may see in the order asked, and how many there are under the filter. */
export async function listAudiences(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  filter: AudienceFilter,
  page: AudiencePage,
): Promise<{ rows: AudienceRow[]; count: number }> {
  const filtered = tx.db
    .selectFrom('audience')
    .where('institution_id', '=', tx.institutionId)
    .where(isVisible(tx, viewer))
    .where(filterPredicate(tx, filter));
  // Of two columns of one name the later counts.
  let query = filtered.selectAll().select(seenCopyOf(tx, viewer).as('copy_of_audience_id')).limit(page.limit);
  if (page.after !== undefined) query = query.where(afterPredicate(expressions, page.sort, page.after));
  for (const { field, descending } of page.sort) {
    query = query.orderBy(expressions[field], descending ? 'desc' : 'asc');
  }
  const rows = await query.execute();
  const { count } = await filtered.select(sql<number>`count(*)::integer`.as('count')).executeTakeFirstOrThrow();
  return { rows, count };
}

const expressions: Record<AudienceSortField, Expression<unknown>> = {
  name: sql`substring(convert_to(name_key, 'UTF8') from 1 for ${sql.lit(nameSortBytes)})`,
  createdAt: sql.ref('created_at'),
  updatedAt: sql.ref('updated_at'),
  customerCount: sql.ref('customer_count'),
  id: sql.ref('id'),
};

/** As `stateOf` (audience-view.ts) tells it. */
const stateOfContract = sql`case when state = 'active' and approval_pending then 'pendingApproval' else state end`;

function filterPredicate(tx: InstitutionTx, filter: AudienceFilter): Expression<SqlBool> {
  const { nameKeyPart, kinds, states, purposes, createdBy } = filter;
  const always = sql<boolean>`true`;
  // As bigint: a bound beyond the column's type is a bound, not an error.
  return sql<boolean>`${rangePredicate(sql.ref('created_at'), filter.createdAt)}
    and ${rangePredicate(sql`customer_count::bigint`, filter.customerCount)}
    and ${nameKeyPart === undefined ? always : sql`strpos(name_key, ${nameKeyPart}) > 0`}
    and ${kinds === undefined ? always : sql`kind = any(${[...kinds]}::text[])`}
    and ${states === undefined ? always : sql`${stateOfContract} = any(${[...states]}::text[])`}
    and ${purposes === undefined ? always : sql`purpose = any(${[...purposes]}::text[])`}
    and ${createdBy === undefined ? always : sql`created_by = ${createdBy}`}
    and ${filter.sharedWith === undefined ? always : sql`id in (${sharedWith(tx, filter.sharedWith)})`}`;
}

import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import { afterPredicate } from '../../db/after-predicate.ts';
import type { InstitutionTx } from '../../db/transaction.ts';
import type { SortKey } from '../../lib/sort.ts';
import { nameSortBytes, type SortValue } from '../../lib/sort-position.ts';
import type { principalKinds, principalStates } from './principal-schemas.ts';

/** A person or an application as its institution knows it by name. */
export interface PrincipalRow {
  readonly id: string;
  readonly kind: (typeof principalKinds)[number];
  readonly name: string;
  readonly name_key: string;
}

export interface PrincipalFilter {
  readonly ids?: readonly string[] | undefined;
  readonly kinds?: readonly PrincipalRow['kind'][] | undefined;
  readonly states?: readonly (typeof principalStates)[number][] | undefined;
  /** Part of the name's key. */
  readonly nameKeyPart?: string | undefined;
}

export type PrincipalSortField = 'name' | 'id';

export interface PrincipalPage {
  readonly sort: readonly SortKey<PrincipalSortField>[];
  readonly after: readonly SortValue[] | undefined;
  readonly limit: number;
}

/**
 * Whom the institution manages, and those of others who may act for it: `id`, `kind`, `name`, `name_key`, `is_granted`
 * (may act for it unless disabled), `is_active` (may act for it now). To be joined where somebody's name is wanted.
 */
export function knownPrincipals(tx: InstitutionTx): RawBuilder<PrincipalRow> {
  return sql<PrincipalRow>`(
    select seen.id, 'person' as kind, seen.name, seen.name_key, granted.user_account_id is not null as is_granted,
      granted.user_account_id is not null and seen.state = 'active' as is_active
    from seen_user_account seen left join user_grant granted
      on granted.user_account_id = seen.id and granted.home_institution_id = seen.institution_id
      and granted.institution_id = ${tx.institutionId}
    where seen.institution_id = ${tx.institutionId} or granted.user_account_id is not null
    union all
    select seen.id, 'application', seen.name, seen.name_key, granted.application_id is not null,
      granted.application_id is not null and seen.state = 'active'
    from seen_application seen left join application_grant granted
      on granted.application_id = seen.id and granted.home_institution_id = seen.institution_id
      and granted.institution_id = ${tx.institutionId}
    where seen.institution_id = ${tx.institutionId} or granted.application_id is not null)`;
}

/** Whether a person or an application of this id may act for the institution now. */
export async function isActivePrincipal(tx: InstitutionTx, id: string): Promise<boolean> {
  const { rows } = await sql`select from ${knownPrincipals(tx)} known
    where known.id = ${id} and known.is_active`.execute(tx.db);
  return rows.length > 0;
}

/** By name, and how many there are under the filter. */
export async function listPrincipals(
  tx: InstitutionTx,
  filter: PrincipalFilter,
  page: PrincipalPage,
): Promise<{ rows: PrincipalRow[]; count: number }> {
  const from = sql`from ${knownPrincipals(tx)} known where ${filterPredicate(filter)}`;
  const after = page.after === undefined ? sql`` : sql`and ${afterPredicate(expressions, page.sort, page.after)}`;
  const order = page.sort.map(
    ({ field, descending }) => sql`${expressions[field]} ${sql.raw(descending ? 'desc' : 'asc')}`,
  );
  const { rows } = await sql<PrincipalRow>`select known.id, known.kind, known.name, known.name_key ${from} ${after}
    order by ${sql.join(order)} limit ${page.limit}`.execute(tx.db);
  const counted = await sql<{ count: number }>`select count(*)::integer as count ${from}`.execute(tx.db);
  return { rows, count: counted.rows[0]?.count ?? 0 };
}

const expressions: Record<PrincipalSortField, Expression<unknown>> = {
  name: sql`substring(convert_to(known.name_key, 'UTF8') from 1 for ${sql.lit(nameSortBytes)})`,
  id: sql.ref('known.id'),
};

function filterPredicate({ ids, kinds, states, nameKeyPart }: PrincipalFilter): Expression<SqlBool> {
  const always = sql<boolean>`true`;
  return sql<boolean>`${ids === undefined ? always : sql`known.id = any(${[...ids]}::text[])`}
    and ${kinds === undefined ? always : sql`known.kind = any(${[...kinds]}::text[])`}
    and ${states === undefined ? always : sql`(case when known.is_active then 'active' else 'disabled' end) = any(${[...states]}::text[])`}
    and ${nameKeyPart === undefined ? always : sql`strpos(known.name_key, ${nameKeyPart}) > 0`}`;
}

import { type Expression, type Selectable, type SqlBool, sql, type Updateable } from 'kysely';
import { afterPredicate } from '../../db/after-predicate.ts';
import { rangePredicate } from '../../db/range-predicate.ts';
import type { Tables } from '../../db/tables.ts';
import type { AuthenticationTx, InstitutionTx, OperatorTx } from '../../db/transaction.ts';
import type { Range } from '../../lib/range.ts';
import { nameSortBytes, type SortValue } from '../../lib/sort-position.ts';
import type { Role } from '../access/index.ts';
import type { UserAccountSort, UserAccountSortField } from './user-account-sort.ts';

/** An account as an institution sees it: its roles there, and no hash and no secret. */
export interface SeenAccount {
  readonly id: string;
  readonly institution_id: string;
  readonly login_name: string;
  readonly name: string;
  readonly name_key: string;
  readonly state: 'active' | 'disabled';
  readonly has_password: boolean;
  readonly has_second_factor: boolean;
  readonly roles: string[];
  readonly revision: number;
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
  readonly last_sign_in_at: Date | null;
}

export interface UserAccountFilter {
  readonly nameKeyPart?: string | undefined;
  readonly loginNamePart?: string | undefined;
  readonly states?: readonly SeenAccount['state'][] | undefined;
  readonly roles?: readonly Role[] | undefined;
  readonly createdAt?: Range<Date> | undefined;
}

export interface UserAccountPage {
  readonly sort: UserAccountSort;
  readonly after: readonly SortValue[] | undefined;
  readonly limit: number;
}

/** Those whom the institution manages, and those of others who may act for it. */
function visible(tx: InstitutionTx) {
  return tx.db
    .selectFrom('seen_user_account as account')
    .leftJoin('user_grant as granted', (join) =>
      join.onRef('granted.user_account_id', '=', 'account.id').on('granted.institution_id', '=', tx.institutionId),
    )
    .where((of) =>
      of.or([of('account.institution_id', '=', tx.institutionId), of('granted.user_account_id', 'is not', null)]),
    );
}

const seenColumns = [
  'account.id',
  'account.institution_id',
  'account.login_name',
  'account.name',
  'account.name_key',
  'account.state',
  'account.revision',
  'account.created_at',
  'account.created_by',
  'account.updated_at',
  'account.last_sign_in_at',
  'account.has_password',
  'account.has_second_factor',
  sql<string[]>`coalesce(granted.roles, '{}')`.as('roles'),
] as const;

export async function findSeenAccount(tx: InstitutionTx, id: string): Promise<SeenAccount | undefined> {
  return await visible(tx).select(seenColumns).where('account.id', '=', id).executeTakeFirst();
}

/** Accounts in the order asked, and how many there are under the filter. */
export async function listAccounts(
  tx: InstitutionTx,
  filter: UserAccountFilter,
  page: UserAccountPage,
): Promise<{ rows: SeenAccount[]; count: number }> {
  const filtered = visible(tx).where(filterPredicate(filter));
  let query = filtered.select(seenColumns).limit(page.limit);
  if (page.after !== undefined) query = query.where(afterPredicate(expressions, page.sort, page.after));
  for (const { field, descending } of page.sort) query = query.orderBy(expressions[field], descending ? 'desc' : 'asc');
  const rows = await query.execute();
  const { count } = await filtered.select(sql<number>`count(*)::integer`.as('count')).executeTakeFirstOrThrow();
  return { rows, count };
}

const expressions: Record<UserAccountSortField, Expression<unknown>> = {
  name: sql`substring(convert_to(account.name_key, 'UTF8') from 1 for ${sql.lit(nameSortBytes)})`,
  createdAt: sql.ref('account.created_at'),
  updatedAt: sql.ref('account.updated_at'),
  id: sql.ref('account.id'),
};

function filterPredicate(filter: UserAccountFilter): Expression<SqlBool> {
  const { nameKeyPart, loginNamePart, states, roles } = filter;
  const always = sql<boolean>`true`;
  return sql<boolean>`${rangePredicate(sql.ref('account.created_at'), filter.createdAt)}
    and ${nameKeyPart === undefined ? always : sql`strpos(account.name_key, ${nameKeyPart}) > 0`}
    and ${loginNamePart === undefined ? always : sql`strpos(account.login_name, ${loginNamePart}) > 0`}
    and ${states === undefined ? always : sql`account.state = any(${[...states]}::text[])`}
    and ${roles === undefined ? always : sql`granted.roles && ${[...roles]}::text[]`}`;
}

export type NewAccountRow = Pick<
  Selectable<Tables['user_account']>,
  'institution_id' | 'id' | 'login_name' | 'name' | 'name_key' | 'tokens_valid_after' | 'created_at' | 'created_by'
>;

/** @returns false when somebody has the login name; the transaction stays usable */
export async function insertAccount(tx: InstitutionTx | OperatorTx, row: NewAccountRow): Promise<boolean> {
  const inserted = await tx.db
    .insertInto('user_account')
    .values({
      ...row,
      state: 'active',
      password_hash: null,
      password_changed_at: null,
      totp_secret: null,
      totp_last_step: null,
      revision: 1,
      updated_at: row.created_at,
      last_sign_in_at: null,
    })
    .onConflict((conflict) => conflict.column('login_name').doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

/** Changes the account, in its home only. @param change.tokens_valid_after is never moved back */
export async function updateAccount(
  tx: InstitutionTx,
  id: string,
  change: Pick<Updateable<Tables['user_account']>, 'login_name' | 'name' | 'name_key' | 'state' | 'totp_secret'> & {
    readonly updated_at: Date;
    readonly tokens_valid_after?: Date;
  },
): Promise<void> {
  const { tokens_valid_after: validAfter, ...columns } = change;
  await tx.db
    .updateTable('user_account')
    .set({
      ...columns,
      ...(validAfter === undefined
        ? {}
        : { tokens_valid_after: sql`greatest(tokens_valid_after, ${validAfter}::timestamptz)` }),
      revision: sql`revision + 1`,
    })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', id)
    .execute();
}

export async function deleteAccount(tx: InstitutionTx, id: string): Promise<void> {
  await tx.db.deleteFrom('user_account').where('institution_id', '=', tx.institutionId).where('id', '=', id).execute();
}

/** What a person may do at the institution of the transaction, from now on. */
export async function putGrant(
  tx: InstitutionTx,
  grant: { personId: string; homeInstitutionId: string; roles: readonly Role[]; at: Date; by: string },
): Promise<void> {
  await tx.db
    .insertInto('user_grant')
    .values({
      institution_id: tx.institutionId,
      user_account_id: grant.personId,
      home_institution_id: grant.homeInstitutionId,
      roles: [...grant.roles],
      created_at: grant.at,
      created_by: grant.by,
    })
    .onConflict((conflict) =>
      conflict.columns(['institution_id', 'user_account_id']).doUpdateSet({ roles: [...grant.roles] }),
    )
    .execute();
}

export async function deleteGrant(tx: InstitutionTx, personId: string): Promise<void> {
  await tx.db
    .deleteFrom('user_grant')
    .where('institution_id', '=', tx.institutionId)
    .where('user_account_id', '=', personId)
    .execute();
}

/**
 * Lets one change of people at a time into an institution: two administrators who remove each other at once must not
 * both succeed. Take it first, before any row.
 */
export async function lockPeople(tx: InstitutionTx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('people:' || ${tx.institutionId}, 0))`.execute(tx.db);
}

/** Holds the account still as well, where it is of this home: the person may be signing in. */
export async function lockAccount(tx: InstitutionTx, id: string): Promise<SeenAccount | undefined> {
  await tx.db
    .selectFrom('user_account')
    .select('id')
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', id)
    .forUpdate()
    .execute();
  return await findSeenAccount(tx, id);
}

/** How many people can administer the institution now. */
export async function countAdministrators(tx: InstitutionTx): Promise<number> {
  const { count } = await visible(tx)
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('account.state', '=', 'active')
    .where(sql<boolean>`'administrator' = any(granted.roles)`)
    .executeTakeFirstOrThrow();
  return count;
}

/** How many accounts there are at all institutions (2 = several), and the one if it is the only one. */
export async function findOnlyAccount(tx: OperatorTx) {
  const rows = await tx.db
    .selectFrom('user_account')
    .select(['institution_id', 'login_name', 'name', sql<boolean>`password_hash is not null`.as('has_password')])
    .orderBy('id')
    .limit(2)
    .execute();
  return { count: rows.length, only: rows.length === 1 ? rows[0] : undefined };
}

/** The institutions that an application may act for, with their names. */
export async function listApplicationInstitutions(
  tx: AuthenticationTx,
  applicationId: string,
): Promise<readonly { id: string; name: string }[]> {
  return await tx.db
    .selectFrom('application_grant')
    .innerJoin('institution', 'institution.id', 'application_grant.institution_id')
    .select(['institution.id', 'institution.name'])
    .where('application_id', '=', applicationId)
    .orderBy('institution.id')
    .limit(200)
    .execute();
}

export async function findInstitutionName(tx: InstitutionTx): Promise<string | undefined> {
  const row = await tx.db
    .selectFrom('institution')
    .select('name')
    .where('id', '=', tx.institutionId)
    .executeTakeFirst();
  return row?.name;
}

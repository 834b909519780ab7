import { type Expression, type SqlBool, sql } from 'kysely';
import type { AuthenticationTx } from '../../db/transaction.ts';
import type { Principal } from '../access/index.ts';

/**
 * Of these institutions those in which the caller is an administrator, by grants that hold now. A person who has signed
 * in through an application is one only where that application may act as well.
 */
export async function listAdministered(
  tx: AuthenticationTx,
  principal: Pick<Principal, 'kind' | 'id' | 'applicationId'>,
  institutionIds: readonly string[],
): Promise<readonly string[]> {
  if (institutionIds.length === 0) return [];
  const isAdministrator = sql<boolean>`'administrator' = any(roles)`;
  const rows =
    principal.kind === 'person'
      ? await tx.db
          .selectFrom('user_grant')
          .select('institution_id')
          .where('user_account_id', '=', principal.id)
          .where('institution_id', 'in', [...institutionIds])
          .where(isAdministrator)
          .where(reachedThrough(principal.applicationId))
          .limit(institutionIds.length)
          .execute()
      : await tx.db
          .selectFrom('application_grant')
          .innerJoin('application', 'application.id', 'application_grant.application_id')
          .select('application_grant.institution_id')
          .where('application_grant.application_id', '=', principal.id)
          .where('application_grant.institution_id', 'in', [...institutionIds])
          .where(isAdministrator)
          .limit(institutionIds.length)
          .execute();
  return rows.map((row) => row.institution_id);
}

/** The portal is in no table: it acts wherever the person may. */
function reachedThrough(applicationId: string): Expression<SqlBool> {
  return sql<boolean>`(not exists (select from application where id = ${applicationId}) or exists (
    select from application_grant
    where application_grant.application_id = ${applicationId}
      and application_grant.institution_id = user_grant.institution_id))`;
}

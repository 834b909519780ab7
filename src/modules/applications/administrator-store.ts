import { sql } from 'kysely';
import type { AuthenticationTx } from '../../db/transaction.ts';
import type { Principal } from '../access/index.ts';

/** Of these institutions those in which the caller is an administrator, by grants that hold now. */
export async function listAdministered(
  tx: AuthenticationTx,
  principal: Pick<Principal, 'kind' | 'id'>,
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

import type { Selectable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { AuthenticationTx } from '../../db/transaction.ts';

/** Far more than anybody acts for; it only bounds the answer. */
const grantsMax = 1_000;

export type ApplicationStateRow = Pick<
  Selectable<Tables['application']>,
  | 'institution_id'
  | 'id'
  | 'name'
  | 'authentication_type'
  | 'state'
  | 'scopes'
  | 'roles'
  | 'api_key_hash'
  | 'api_key_state'
  | 'tokens_valid_after'
>;

export async function findApplicationState(tx: AuthenticationTx, id: string): Promise<ApplicationStateRow | undefined> {
  return await tx.db
    .selectFrom('application')
    .select([
      'institution_id',
      'id',
      'name',
      'authentication_type',
      'state',
      'scopes',
      'roles',
      'api_key_hash',
      'api_key_state',
      'tokens_valid_after',
    ])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** The institutions that it may act for. */
export async function listApplicationGrants(tx: AuthenticationTx, applicationId: string): Promise<string[]> {
  const rows = await tx.db
    .selectFrom('application_grant')
    .select('institution_id')
    .where('application_id', '=', applicationId)
    .orderBy('institution_id')
    .limit(grantsMax)
    .execute();
  return rows.map((row) => row.institution_id);
}

export type PersonStateRow = Pick<
  Selectable<Tables['user_account']>,
  'institution_id' | 'id' | 'name' | 'state' | 'tokens_valid_after'
>;

export async function findPersonState(tx: AuthenticationTx, id: string): Promise<PersonStateRow | undefined> {
  return await tx.db
    .selectFrom('user_account')
    .select(['institution_id', 'id', 'name', 'state', 'tokens_valid_after'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** The institutions that the person may act for, and as what. */
export async function listPersonGrants(
  tx: AuthenticationTx,
  personId: string,
): Promise<{ institution_id: string; roles: string[] }[]> {
  return await tx.db
    .selectFrom('user_grant')
    .select(['institution_id', 'roles'])
    .where('user_account_id', '=', personId)
    .orderBy('institution_id')
    .limit(grantsMax)
    .execute();
}

export async function institutionExists(tx: AuthenticationTx, id: string): Promise<boolean> {
  return (await tx.db.selectFrom('institution').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
}

import { type Selectable, sql } from 'kysely';
import type { InstitutionSettings, Tables } from '../../db/tables.ts';
import type { AuthenticationTx, InstitutionTx } from '../../db/transaction.ts';

export type AccountRow = Selectable<Tables['user_account']>;

export interface GrantRow {
  readonly institution_id: string;
  readonly institution_name: string;
  readonly settings: InstitutionSettings;
  readonly roles: string[];
}

/** Nobody acts for more. */
const grantsMax = 200;

/** Before it is known who asks, hence of which institution: found by a name that only one account has. */
export async function findAccountByLoginName(tx: AuthenticationTx, loginName: string): Promise<AccountRow | undefined> {
  return await tx.db.selectFrom('user_account').selectAll().where('login_name', '=', loginName).executeTakeFirst();
}

export async function findAccountById(tx: AuthenticationTx, id: string): Promise<AccountRow | undefined> {
  return await tx.db.selectFrom('user_account').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The institutions that a person may act for, by id. */
export async function listPersonGrants(tx: AuthenticationTx, personId: string): Promise<readonly GrantRow[]> {
  return await tx.db
    .selectFrom('user_grant')
    .innerJoin('institution', 'institution.id', 'user_grant.institution_id')
    .select(['user_grant.institution_id', 'institution.name as institution_name', 'institution.settings', 'roles'])
    .where('user_account_id', '=', personId)
    .orderBy('user_grant.institution_id')
    .limit(grantsMax)
    .execute();
}

/** Keeps others from changing the account until the transaction ends. */
export async function lockOwnAccount(tx: InstitutionTx, id: string): Promise<AccountRow | undefined> {
  return await tx.db
    .selectFrom('user_account')
    .selectAll()
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** A sign-in is no change of the account: the revision stays. @returns false for somebody disabled or gone meanwhile */
export async function recordSignIn(tx: InstitutionTx, id: string, at: Date): Promise<boolean> {
  const updated = await tx.db
    .updateTable('user_account')
    .set({ last_sign_in_at: at })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', id)
    .where('state', '=', 'active')
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

/** @returns false when the step or a later one was used: a code works once (RFC 6238 section 5.2) */
export async function useTotpStep(tx: InstitutionTx, use: { personId: string; step: number }): Promise<boolean> {
  const updated = await tx.db
    .updateTable('user_account')
    .set({ totp_last_step: use.step })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', use.personId)
    .where((of) => of.or([of('totp_last_step', 'is', null), of('totp_last_step', '<', use.step)]))
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

/** @returns false when a second factor is there already */
export async function insertTotpSecret(
  tx: InstitutionTx,
  factor: { personId: string; sealed: Buffer; step: number; at: Date },
): Promise<boolean> {
  const updated = await tx.db
    .updateTable('user_account')
    .set({ totp_secret: factor.sealed, totp_last_step: factor.step, updated_at: factor.at, ...nextRevision })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', factor.personId)
    .where('state', '=', 'active')
    .where('totp_secret', 'is', null)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

/**
 * Puts a second factor in the place of the present one.
 *
 * @param factor.before as it was read; null = there was none
 * @returns false when it is another one meanwhile
 */
export async function replaceTotpSecret(
  tx: InstitutionTx,
  factor: { personId: string; before: Buffer | null; sealed: Buffer; step: number; at: Date },
): Promise<boolean> {
  const updated = await tx.db
    .updateTable('user_account')
    .set({
      totp_secret: factor.sealed,
      totp_last_step: factor.step,
      tokens_valid_after: sql`greatest(tokens_valid_after, ${factor.at})`,
      updated_at: factor.at,
      ...nextRevision,
    })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', factor.personId)
    .where('state', '=', 'active')
    .where('totp_secret', 'is not distinct from', factor.before)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

const nextRevision = { revision: sql<number>`revision + 1` } as const;

/** @param change.validAfter tokens and sessions from before are refused; never moved back */
export async function updatePassword(
  tx: InstitutionTx,
  change: { personId: string; hash: string; at: Date; validAfter: Date },
): Promise<void> {
  await tx.db
    .updateTable('user_account')
    .set({
      password_hash: change.hash,
      password_changed_at: change.at,
      tokens_valid_after: sql`greatest(tokens_valid_after, ${change.validAfter})`,
      updated_at: change.at,
      ...nextRevision,
    })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', change.personId)
    .execute();
}

/** The same password hashed again; nothing happens when another was chosen meanwhile. */
export async function replaceHash(
  tx: InstitutionTx,
  change: { personId: string; before: string; after: string },
): Promise<void> {
  await tx.db
    .updateTable('user_account')
    .set({ password_hash: change.after })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', change.personId)
    .where('password_hash', '=', change.before)
    .execute();
}

/** @returns false when there is no such person of this institution */
export async function endTokens(tx: InstitutionTx, change: { personId: string; at: Date }): Promise<boolean> {
  const updated = await tx.db
    .updateTable('user_account')
    .set({ tokens_valid_after: sql`greatest(tokens_valid_after, ${change.at})` })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', change.personId)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

export async function replaceRecoveryCodes(
  tx: InstitutionTx,
  personId: string,
  hashes: readonly Buffer[],
): Promise<void> {
  await deleteRecoveryCodes(tx, personId);
  const { institutionId: institution_id } = tx;
  await tx.db
    .insertInto('recovery_code')
    .values(hashes.map((code_hash) => ({ institution_id, user_account_id: personId, code_hash, used_at: null })))
    .execute();
}

export async function deleteRecoveryCodes(tx: InstitutionTx, personId: string): Promise<void> {
  await tx.db
    .deleteFrom('recovery_code')
    .where('institution_id', '=', tx.institutionId)
    .where('user_account_id', '=', personId)
    .execute();
}

/** @returns false for a code that is unknown or used */
export async function useRecoveryCode(
  tx: InstitutionTx,
  use: { personId: string; codeHash: Buffer; at: Date },
): Promise<boolean> {
  const updated = await tx.db
    .updateTable('recovery_code')
    .set({ used_at: use.at })
    .where('institution_id', '=', tx.institutionId)
    .where('user_account_id', '=', use.personId)
    .where('code_hash', '=', use.codeHash)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

/** How many recovery codes are left. */
export async function countRecoveryCodes(tx: InstitutionTx, personId: string): Promise<number> {
  const { count } = await tx.db
    .selectFrom('recovery_code')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('institution_id', '=', tx.institutionId)
    .where('user_account_id', '=', personId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

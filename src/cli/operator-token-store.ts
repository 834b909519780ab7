import { sql } from 'kysely';
import type { InstitutionTx } from '../db/transaction.ts';

export interface TokenApplication {
  readonly id: string;
  readonly state: 'active' | 'disabled';
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  /** A machine authenticates as this application: its scopes are not ours to widen. */
  readonly usedByMachine: boolean;
}

/**
 * The application of this name that has no person behind it, the one without secrets first; two commands of one name
 * wait for each other.
 */
export async function lockTokenApplication(tx: InstitutionTx, name: string): Promise<TokenApplication | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended('operator token:' || ${tx.institutionId}, 0))`.execute(tx.db);
  const row = await tx.db
    .selectFrom('application')
    .select((of) => [
      'id',
      'state',
      'scopes',
      'roles',
      of
        .or([
          of('jwks', 'is not', null),
          of.exists(
            of
              .selectFrom('application_secret')
              .select('application_secret.id')
              .whereRef('application_secret.institution_id', '=', 'application.institution_id')
              .whereRef('application_secret.application_id', '=', 'application.id'),
          ),
        ])
        .as('used_by_machine'),
    ])
    .where('institution_id', '=', tx.institutionId)
    .where('name', '=', name)
    .where('authentication_type', '=', 'clientCredentials')
    .orderBy('used_by_machine')
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { id, state, scopes, roles } = row;
  return { id, state, scopes, roles, usedByMachine: row.used_by_machine === true };
}

export async function updateTokenApplication(
  tx: InstitutionTx,
  change: { id: string; scopes: readonly string[]; roles: readonly string[]; at: Date },
): Promise<void> {
  await tx.db
    .updateTable('application')
    .set((of) => ({
      scopes: [...change.scopes],
      roles: [...change.roles],
      revision: of('revision', '+', 1),
      updated_at: change.at,
    }))
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', change.id)
    .execute();
}

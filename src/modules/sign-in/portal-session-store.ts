import type { Selectable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { AuthenticationTx, OperatorTx } from '../../db/transaction.ts';

export type PortalSessionRow = Selectable<Tables['portal_session']>;

/** When a session is still one. */
export interface Liveness {
  readonly now: Date;
  /** Used since then, or idle for too long. */
  readonly seenAfter: Date;
}

export async function insertPortalSession(tx: AuthenticationTx, row: PortalSessionRow): Promise<void> {
  await tx.db.insertInto('portal_session').values(row).execute();
}

export async function findPortalSession(
  tx: AuthenticationTx,
  hash: Buffer,
  { now, seenAfter }: Liveness,
): Promise<PortalSessionRow | undefined> {
  return await tx.db
    .selectFrom('portal_session')
    .selectAll()
    .where('session_hash', '=', hash)
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', seenAfter)
    .executeTakeFirst();
}

export async function updateLastSeen(tx: AuthenticationTx, hash: Buffer, at: Date): Promise<void> {
  await tx.db
    .updateTable('portal_session')
    .set({ last_seen_at: at })
    .where('session_hash', '=', hash)
    .where('last_seen_at', '<', at)
    .execute();
}

/** @returns false when the session is gone */
export async function updateInstitution(tx: AuthenticationTx, hash: Buffer, institutionId: string): Promise<boolean> {
  const updated = await tx.db
    .updateTable('portal_session')
    .set({ institution_id: institutionId })
    .where('session_hash', '=', hash)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

/** @returns false when another process refreshes, or has refreshed since the row was read */
export async function leaseRefresh(
  tx: AuthenticationTx,
  row: Pick<PortalSessionRow, 'session_hash' | 'access_expires_at'>,
  lease: { now: Date; until: Date },
): Promise<boolean> {
  const updated = await tx.db
    .updateTable('portal_session')
    .set({ refreshing_until: lease.until })
    .where('session_hash', '=', row.session_hash)
    .where('access_expires_at', '=', row.access_expires_at)
    .where((expression) =>
      expression.or([expression('refreshing_until', 'is', null), expression('refreshing_until', '<=', lease.now)]),
    )
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

export async function updateTokens(
  tx: AuthenticationTx,
  hash: Buffer,
  tokens: Pick<PortalSessionRow, 'sealed_tokens' | 'access_expires_at'>,
): Promise<void> {
  await tx.db
    .updateTable('portal_session')
    .set({ ...tokens, refreshing_until: null })
    .where('session_hash', '=', hash)
    .execute();
}

export async function releaseRefresh(tx: AuthenticationTx, hash: Buffer): Promise<void> {
  await tx.db.updateTable('portal_session').set({ refreshing_until: null }).where('session_hash', '=', hash).execute();
}

export async function deletePortalSession(
  tx: AuthenticationTx,
  hash: Buffer,
): Promise<Pick<PortalSessionRow, 'person_id' | 'institution_id'> | undefined> {
  return await tx.db
    .deleteFrom('portal_session')
    .where('session_hash', '=', hash)
    .returning(['person_id', 'institution_id'])
    .executeTakeFirst();
}

export async function deletePortalSessionsOf(tx: AuthenticationTx, personId: string): Promise<void> {
  await tx.db.deleteFrom('portal_session').where('person_id', '=', personId).execute();
}

/** Those that are used last come first. */
export async function listPortalSessionsOf(
  tx: AuthenticationTx,
  personId: string,
  { now, seenAfter, limit }: Liveness & { limit: number },
): Promise<readonly PortalSessionRow[]> {
  return await tx.db
    .selectFrom('portal_session')
    .selectAll()
    .where('person_id', '=', personId)
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', seenAfter)
    .orderBy('last_seen_at', 'desc')
    .orderBy('session_hash')
    .limit(limit)
    .execute();
}

export async function deleteExpiredPortalSessions(tx: OperatorTx, { now, seenAfter }: Liveness): Promise<void> {
  await tx.db
    .deleteFrom('portal_session')
    .where((expression) =>
      expression.or([expression('expires_at', '<=', now), expression('last_seen_at', '<=', seenAfter)]),
    )
    .execute();
}

/** Names of institutions, for who may act for them; in the order of their ids. */
export async function listInstitutionNames(
  tx: AuthenticationTx,
  ids: readonly string[],
): Promise<readonly { id: string; name: string }[]> {
  if (ids.length === 0) return [];
  return await tx.db.selectFrom('institution').select(['id', 'name']).where('id', 'in', ids).orderBy('id').execute();
}

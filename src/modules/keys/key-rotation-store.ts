import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { type NewestFirstPage, newestFirst } from '../../db/newest-first.ts';
import type { Tables } from '../../db/tables.ts';
import type { InstitutionTx, OperatorTx } from '../../db/transaction.ts';

export type RotationRow = Selectable<Tables['key_rotation']>;
export type RotationChange = Updateable<Tables['key_rotation']>;
type NewRotation = Pick<
  Insertable<Tables['key_rotation']>,
  'id' | 'kind' | 'identifier_type' | 'created_at' | 'created_by' | 'created_by_kind' | 'lease_until'
>;

const abandonedMax = 100;

/** @returns undefined when one of the same kind and type runs */
export async function insertRotation(tx: InstitutionTx, rotation: NewRotation): Promise<RotationRow | undefined> {
  // The predicate must be the index's own text: with parameters PostgreSQL does not find the index.
  const { rows } = await sql<RotationRow>`
    insert into key_rotation (institution_id, id, kind, identifier_type, state, created_at, created_by,
      created_by_kind, lease_until)
    values (${tx.institutionId}, ${rotation.id}, ${rotation.kind}, ${rotation.identifier_type}, 'running',
      ${rotation.created_at}, ${rotation.created_by}, ${rotation.created_by_kind}, ${rotation.lease_until})
    on conflict (institution_id, kind, identifier_type) where state = 'running' do nothing
    returning *`.execute(tx.db);
  return rows[0];
}

export async function findRotation(tx: InstitutionTx, id: string): Promise<RotationRow | undefined> {
  return await tx.db
    .selectFrom('key_rotation')
    .selectAll()
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function findRunningRotation(
  tx: InstitutionTx,
  of: Pick<RotationRow, 'kind' | 'identifier_type'>,
): Promise<RotationRow | undefined> {
  return await tx.db
    .selectFrom('key_rotation')
    .selectAll()
    .where('institution_id', '=', tx.institutionId)
    .where('kind', '=', of.kind)
    .where('identifier_type', '=', of.identifier_type)
    .where('state', '=', 'running')
    .executeTakeFirst();
}

/** The rotation, held until the transaction ends; undefined when it does not run. */
export async function lockRunningRotation(
  tx: OperatorTx,
  ref: { institutionId: string; id: string },
): Promise<RotationRow | undefined> {
  return await tx.db
    .selectFrom('key_rotation')
    .selectAll()
    .where('institution_id', '=', ref.institutionId)
    .where('id', '=', ref.id)
    .where('state', '=', 'running')
    .forUpdate()
    .executeTakeFirst();
}

/** @returns undefined when it runs no more */
export async function updateRunningRotation(
  tx: InstitutionTx | OperatorTx,
  ref: { institutionId: string; id: string },
  change: RotationChange,
): Promise<RotationRow | undefined> {
  return await tx.db
    .updateTable('key_rotation')
    .set(change)
    .where('institution_id', '=', ref.institutionId)
    .where('id', '=', ref.id)
    .where('state', '=', 'running')
    .returningAll()
    .executeTakeFirst();
}

/** Adds to what is done. Two may work on one rotation, and a pass may be done again: never more than the total. */
export async function advanceRotation(
  tx: InstitutionTx,
  id: string,
  step: { doneCount: number; position: number; leaseUntil: Date },
): Promise<RotationRow | undefined> {
  return await tx.db
    .updateTable('key_rotation')
    .set({
      done_count: sql<number>`least(done_count + ${step.doneCount}, coalesce(total_count, done_count + ${step.doneCount}))`,
      position: step.position,
      lease_until: step.leaseUntil,
    })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', id)
    .where('state', '=', 'running')
    .returningAll()
    .executeTakeFirst();
}

export interface RotationFilter {
  readonly kinds?: readonly RotationRow['kind'][] | undefined;
  readonly states?: readonly RotationRow['state'][] | undefined;
}

/** The rotations of the institution, newest first, and how many there are under the filter. */
export async function listRotations(
  tx: InstitutionTx,
  { kinds, states }: RotationFilter,
  page: NewestFirstPage,
): Promise<{ rows: RotationRow[]; count: number }> {
  const filtered = tx.db
    .selectFrom('key_rotation')
    .where('institution_id', '=', tx.institutionId)
    .$if(kinds !== undefined, (query) => query.where('kind', 'in', [...(kinds ?? [])]))
    .$if(states !== undefined, (query) => query.where('state', 'in', [...(states ?? [])]));
  return await newestFirst(tx, filtered.selectAll(), page);
}

/** Rotations that nobody works on any more: their process has died. */
export async function listAbandonedRotations(tx: OperatorTx, at: Date): Promise<RotationRow[]> {
  return await tx.db
    .selectFrom('key_rotation')
    .selectAll()
    .where('state', '=', 'running')
    .where('lease_until', '<', at)
    .orderBy('lease_until')
    .orderBy('id')
    .limit(abandonedMax)
    .execute();
}

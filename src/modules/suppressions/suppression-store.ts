import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { type NewestFirstPage, newestFirst } from '../../db/newest-first.ts';
import type { Tables } from '../../db/tables.ts';
import type { InstitutionTx } from '../../db/transaction.ts';
import { type AudienceViewer, type SuppressionChannel, visibleAudienceIds } from '../audiences/index.ts';
import type { suppressionStates } from './suppression-schemas.ts';

type Table = Tables['suppression'];

/** As found for a viewer, without its customers. */
export interface SuppressionRow extends Omit<Selectable<Table>, 'members'> {
  /** The audience that it follows, if the viewer may see that one. */
  readonly seen_audience_id: string | null;
}

/** Where a page begins: the last row of the one before. */
export interface SuppressionPosition {
  readonly createdAt: Date;
  readonly id: string;
}

export interface SuppressionFilter {
  readonly channels: readonly SuppressionChannel[] | undefined;
  readonly states: readonly (typeof suppressionStates)[number][] | undefined;
  /** `YYYY-MM-DD`: the day by which a state is told. */
  readonly today: string;
}

const columns = [
  'institution_id',
  'id',
  'name',
  'description',
  'channel',
  'expires_on',
  'import_id',
  'audience_id',
  'revision',
  'created_at',
  'created_by',
  'updated_at',
] as const;

/** Who makes suppressions of the institution takes turns, so that their number stays bounded. */
export async function lockSuppressions(tx: InstitutionTx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`suppression ${tx.institutionId}`}, 0))`.execute(tx.db);
}

export async function countSuppressions(tx: InstitutionTx): Promise<number> {
  const { count } = await tx.db
    .selectFrom('suppression')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('institution_id', '=', tx.institutionId)
    .executeTakeFirstOrThrow();
  return count;
}

export async function insertSuppression(
  tx: InstitutionTx,
  row: Omit<Insertable<Table>, 'institution_id'>,
): Promise<void> {
  await tx.db
    .insertInto('suppression')
    .values({ institution_id: tx.institutionId, ...row })
    .execute();
}

export async function findSuppression(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  id: string,
): Promise<SuppressionRow | undefined> {
  return await seenSuppressions(tx, viewer).where('id', '=', id).executeTakeFirst();
}

/** The same, and keeps others from changing it until the transaction ends. */
export async function lockSuppression(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  id: string,
): Promise<SuppressionRow | undefined> {
  return await seenSuppressions(tx, viewer).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Newest first, and how many there are under the filter. */
export async function listSuppressions(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  { channels, states, today }: SuppressionFilter,
  page: NewestFirstPage,
): Promise<{ rows: SuppressionRow[]; count: number }> {
  const state = sql<string>`case when expires_on < ${today}::date then 'expired' else 'active' end`;
  const filtered = tx.db
    .selectFrom('suppression')
    .where('institution_id', '=', tx.institutionId)
    .$if(channels !== undefined, (query) => query.where('channel', 'in', [...(channels ?? [])]))
    .$if(states !== undefined, (query) => query.where(state, 'in', [...(states ?? [])]));
  return await newestFirst(tx, filtered.select([...columns, seenAudienceId(tx, viewer).as('seen_audience_id')]), page);
}

/** Whom a suppression names: those of its list, or the members of the present version of its audience. */
export async function findSuppressedCustomers(tx: InstitutionTx, id: string): Promise<Buffer | undefined> {
  const row = await tx.db
    .selectFrom('suppression')
    .leftJoin('audience', (join) =>
      join
        .onRef('audience.institution_id', '=', 'suppression.institution_id')
        .onRef('audience.id', '=', 'suppression.audience_id'),
    )
    .leftJoin('audience_version', (join) =>
      join
        .onRef('audience_version.institution_id', '=', 'audience.institution_id')
        .onRef('audience_version.audience_id', '=', 'audience.id')
        .onRef('audience_version.version', '=', 'audience.version'),
    )
    .select(({ fn }) => fn.coalesce('suppression.members', 'audience_version.members').as('members'))
    .where('suppression.institution_id', '=', tx.institutionId)
    .where('suppression.id', '=', id)
    .executeTakeFirst();
  return row?.members ?? undefined;
}

/** Changes a suppression that is locked, and its revision with it. */
export async function updateSuppression(
  tx: InstitutionTx,
  suppression: SuppressionRow,
  change: Pick<Updateable<Table>, 'name' | 'description' | 'expires_on' | 'updated_at'>,
): Promise<SuppressionRow> {
  const row = await tx.db
    .updateTable('suppression')
    .set({ ...change, revision: suppression.revision + 1 })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', suppression.id)
    .returning(columns)
    .executeTakeFirstOrThrow();
  return { ...row, seen_audience_id: suppression.seen_audience_id };
}

export async function deleteSuppression(tx: InstitutionTx, id: string): Promise<void> {
  await tx.db.deleteFrom('suppression').where('institution_id', '=', tx.institutionId).where('id', '=', id).execute();
}

function seenSuppressions(tx: InstitutionTx, viewer: AudienceViewer) {
  return tx.db
    .selectFrom('suppression')
    .select([...columns, seenAudienceId(tx, viewer).as('seen_audience_id')])
    .where('institution_id', '=', tx.institutionId);
}

function seenAudienceId(tx: InstitutionTx, viewer: AudienceViewer) {
  return sql<string | null>`case when suppression.audience_id is not null
    and suppression.audience_id in ${visibleAudienceIds(tx, viewer)} then suppression.audience_id end`;
}

import { type Insertable, type RawBuilder, type Selectable, type SqlBool, sql, type Updateable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { InstitutionTx, OperatorTx } from '../../db/transaction.ts';
import { type AudienceViewer, visibleAudienceIds } from '../audiences/index.ts';

export type ImportRow = Selectable<Tables['import']>;
export type NewImportRow = Insertable<Tables['import']>;
export type ImportChange = Updateable<Tables['import']>;
export type LedgerRow = Selectable<Tables['import_ledger']>;

export interface LedgerPart {
  readonly outcome: LedgerRow['outcome'];
  /** '' unless the outcome has reasons. */
  readonly reason: string;
  readonly lineCount: number;
  /** Portable Roaring bytes of 1-based line numbers. */
  readonly lines: Uint8Array;
}

/** Inserts an import, or ends one that was staged before under the same id. */
export async function saveImportRow(tx: InstitutionTx, row: NewImportRow): Promise<ImportRow> {
  const { created_at: _createdAt, created_by: _createdBy, ...change } = row;
  return await tx.db
    .insertInto('import')
    .values(row)
    .onConflict((conflict) => conflict.columns(['institution_id', 'id']).doUpdateSet(change))
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function updateImport(tx: InstitutionTx, id: string, change: ImportChange): Promise<ImportRow> {
  return await tx.db
    .updateTable('import')
    .set(change)
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findImport(tx: InstitutionTx, id: string): Promise<ImportRow | undefined> {
  return await importById(tx, id).executeTakeFirst();
}

/** @returns undefined also for an import that the viewer may not see */
export async function findVisibleImport(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  id: string,
): Promise<ImportRow | undefined> {
  return await importById(tx, id).where(isImportVisible(tx, viewer)).executeTakeFirst();
}

/** An import belongs to whom made it, and to the people of its audience. */
export function isImportVisible(tx: InstitutionTx, viewer: AudienceViewer): RawBuilder<SqlBool> {
  if (viewer.seesAll) return sql<boolean>`true`;
  return sql<boolean>`(import.created_by = ${viewer.principalId}
    or import.audience_id in ${visibleAudienceIds(tx, viewer)})`;
}

export async function findImportForUpdate(tx: InstitutionTx, id: string): Promise<ImportRow | undefined> {
  return await importById(tx, id).forUpdate().executeTakeFirst();
}

function importById(tx: InstitutionTx, id: string) {
  return tx.db.selectFrom('import').selectAll().where('institution_id', '=', tx.institutionId).where('id', '=', id);
}

export async function insertLedger(tx: InstitutionTx, importId: string, parts: readonly LedgerPart[]): Promise<void> {
  if (parts.length === 0) return;
  await tx.db
    .insertInto('import_ledger')
    .values(
      parts.map((part) => ({
        institution_id: tx.institutionId,
        import_id: importId,
        outcome: part.outcome,
        reason: part.reason,
        line_count: part.lineCount,
        lines: Buffer.from(part.lines),
      })),
    )
    .execute();
}

export async function listLedger(
  tx: InstitutionTx,
  filter: { importIds: readonly string[]; outcomes?: readonly LedgerRow['outcome'][]; reasons?: readonly string[] },
): Promise<LedgerRow[]> {
  if (filter.importIds.length === 0) return [];
  return await tx.db
    .selectFrom('import_ledger')
    .selectAll()
    .where('institution_id', '=', tx.institutionId)
    .where('import_id', 'in', [...filter.importIds])
    .$if(filter.outcomes !== undefined, (query) => query.where('outcome', 'in', [...(filter.outcomes ?? [])]))
    .$if(filter.reasons !== undefined, (query) => query.where('reason', 'in', [...(filter.reasons ?? [])]))
    .orderBy('import_id')
    .orderBy('outcome')
    .orderBy('reason')
    .execute();
}

export async function insertStagePart(
  tx: InstitutionTx,
  part: { importId: string; part: number; sealed: Buffer },
): Promise<void> {
  await tx.db
    .insertInto('import_stage')
    .values({ institution_id: tx.institutionId, import_id: part.importId, part: part.part, sealed: part.sealed })
    .execute();
}

/** One part at a time: a stage of 20 million lines never stands in memory whole on this side. */
export async function findStagePart(tx: InstitutionTx, importId: string, part: number): Promise<Buffer | undefined> {
  const row = await tx.db
    .selectFrom('import_stage')
    .select('sealed')
    .where('institution_id', '=', tx.institutionId)
    .where('import_id', '=', importId)
    .where('part', '=', part)
    .executeTakeFirst();
  return row?.sealed;
}

export async function deleteStage(tx: InstitutionTx, importId: string): Promise<void> {
  await tx.db
    .deleteFrom('import_stage')
    .where('institution_id', '=', tx.institutionId)
    .where('import_id', '=', importId)
    .execute();
}

/** Removes ledgers whose 24 hours are over (previews and refusals), with their lines. */
export async function deleteExpiredImports(tx: OperatorTx, at: Date): Promise<number> {
  const expired = await tx.db
    .deleteFrom('import')
    .where('expires_at', '<', at)
    .returning(['institution_id', 'id'])
    .execute();
  for (const row of expired) {
    await tx.db
      .deleteFrom('import_ledger')
      .where('institution_id', '=', row.institution_id)
      .where('import_id', '=', row.id)
      .execute();
  }
  return expired.length;
}

/** Does the work and takes it back: of a dry run that must find every refusal. */
export async function takenBack<T>(tx: InstitutionTx, work: () => Promise<T>): Promise<T> {
  await sql`savepoint dry_run`.execute(tx.db);
  const value = await work();
  await sql`rollback to savepoint dry_run`.execute(tx.db);
  return value;
}

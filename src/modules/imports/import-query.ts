import type { Database, InstitutionTx } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import { accessOf, deniedResult, findAudience, findShare, includesAccess, viewerOf } from '../audiences/index.ts';
import type { Audit } from '../audit/index.ts';
import { type CommandContext, type CommandReply, runCommand } from '../commands/index.ts';
import { type ImportFilter, listImports } from './import-list-store.ts';
import type { CustomerAudienceImport } from './import-schemas.ts';
import {
  deleteStage,
  findImportForUpdate,
  findVisibleImport,
  type ImportRow,
  type LedgerPart,
  type LedgerRow,
  listLedger,
  updateImport,
} from './import-store.ts';
import { importBody } from './import-view.ts';

interface QueryDeps {
  readonly database: Database;
  readonly audit: Audit;
}

/** @throws Problem `notFound`, also for an import of another institution, and of an audience that is not shared */
export async function getImport(deps: QueryDeps, principal: Principal, id: string): Promise<CustomerAudienceImport> {
  return await deps.database.inInstitution(principal.institutionId, async (tx) => {
    const row = await requireImport(tx, principal, id);
    const [ledger = []] = await invalidParts(tx, [row]);
    return importBody(row, ledger);
  });
}

export async function getImports(
  deps: QueryDeps,
  principal: Principal,
  filter: ImportFilter,
  page: { after: { createdAt: Date; id: string } | undefined; limit: number },
): Promise<{ items: CustomerAudienceImport[]; count: number; last: ImportRow | undefined }> {
  return await deps.database.inInstitution(principal.institutionId, async (tx) => {
    // One more than asked for tells whether there is another page.
    const { rows, count } = await listImports(tx, viewerOf(principal), filter, { ...page, limit: page.limit + 1 });
    const shown = rows.slice(0, page.limit);
    const ledgers = await invalidParts(tx, shown);
    const items = shown.map((row, index) => importBody(row, ledgers[index] ?? []));
    return { items, count, last: rows.length > page.limit ? shown.at(-1) : undefined };
  });
}

/** The ledger of one import, for its lines. */
export async function getLedger(
  deps: QueryDeps,
  principal: Principal,
  id: string,
  filter: { outcomes?: readonly LedgerRow['outcome'][]; reasons?: readonly string[] },
): Promise<LedgerPart[]> {
  return await deps.database.inInstitution(principal.institutionId, async (tx) => {
    await requireImport(tx, principal, id);
    return (await listLedger(tx, { importIds: [id], ...filter })).map(ledgerPart);
  });
}

/**
 * Cancels an import that waits or runs: one's own, or one into an audience that one may edit.
 *
 * @throws Problem `notFound`, `forbidden`; `conflict` when it has ended
 */
export async function cancelImport(
  deps: QueryDeps & { clock: Clock },
  context: CommandContext,
  id: string,
): Promise<CommandReply> {
  return await runCommand(deps, context, async (tx) => {
    await requireImport(tx, context.principal, id);
    const row = await findImportForUpdate(tx, id);
    if (row === undefined) throw noImport();
    if (!(await mayCancel(tx, context.principal, row))) return deniedResult(id, 'edit');
    if (row.state !== 'staged' && row.state !== 'matching') {
      throw new Problem('conflict', { detail: `The import is ${row.state}: there is nothing to cancel.` });
    }
    await updateImport(tx, id, { state: 'canceled', finished_at: deps.clock.now() });
    await deleteStage(tx, id);
    return { reply: { status: 204 }, audit: { resource: id } };
  });
}

async function mayCancel(tx: InstitutionTx, principal: Principal, row: ImportRow): Promise<boolean> {
  const viewer = viewerOf(principal);
  if (viewer.managesAll || row.created_by === viewer.principalId) return true;
  const audience = row.audience_id === null ? undefined : await findAudience(tx, viewer, row.audience_id);
  if (audience === undefined) return false;
  const share = await findShare(tx, audience.id, viewer.principalId);
  return includesAccess(accessOf(viewer, audience, share?.access), 'edit');
}

async function requireImport(tx: InstitutionTx, principal: Principal, id: string): Promise<ImportRow> {
  const row = await findVisibleImport(tx, viewerOf(principal), id);
  if (row === undefined) throw noImport();
  return row;
}

function noImport(): Problem {
  return new Problem('notFound', { detail: 'There is no import with this id.' });
}

async function invalidParts(tx: InstitutionTx, rows: readonly ImportRow[]): Promise<LedgerPart[][]> {
  const importIds = rows.filter((row) => row.invalid_count > 0).map((row) => row.id);
  const ledger = await listLedger(tx, { importIds, outcomes: ['invalid'] });
  return rows.map((row) => ledger.filter((part) => part.import_id === row.id).map(ledgerPart));
}

function ledgerPart(row: LedgerRow): LedgerPart {
  return { outcome: row.outcome, reason: row.reason, lineCount: row.line_count, lines: row.lines };
}

import type { Database, InstitutionTx } from '../../../db/transaction.ts';
import { Problem } from '../../../lib/problem.ts';
import { lockCustomerBase, saveCustomerBase } from '../customer-change-store.ts';
import { type LedgerPart, LineLedger } from '../loads/line-ledger.ts';
import { changesAnything, type PublishedLoad, type PublishTerms, removesTooMany } from '../loads/load-kind.ts';
import type { LoadSummary } from '../loads/load-protocol.ts';
import type { Spool } from '../loads/spool.ts';
import { applyAccounts } from './account-apply-store.ts';
import {
  classifyAccounts,
  findAbsentAccounts,
  listOwnerlessLines,
  mergeStored,
  noAbsentAccounts,
  resolveOwners,
  stageAccounts,
} from './account-stage-store.ts';
import { collectAffected, renewMeasures } from './measure-store.ts';

/** A file of accounts that has been read whole. */
export interface StagedAccounts extends PublishTerms {
  readonly spool: Spool;
  readonly summary: LoadSummary;
  /** UTC, `YYYY-MM-DD`: an account that is closed on it or before is not counted. */
  readonly today: string;
}

/**
 * Makes a staged file the accounts of the base, and the measures of everybody concerned anew, all of it in the caller's
 * transaction.
 *
 * @param stillRuns called under the lock: throws when the load's slot has been taken by another
 */
export async function publishAccounts(
  { database }: { database: Database },
  tx: InstitutionTx,
  load: StagedAccounts,
  stillRuns: (tx: InstitutionTx) => Promise<void>,
): Promise<PublishedLoad> {
  const { summary, today } = load;
  await stageAccounts(database, tx, load.spool);
  const base = await lockCustomerBase(tx);
  await stillRuns(tx);
  await resolveOwners(tx);
  if (summary.mergedCount > 0) await mergeStored(tx);
  const classified = await classifyAccounts(tx);
  const ownerless = await readOwnerless(tx, summary.ledger);
  const removals = await removalsOf(tx, load);
  const counts = { ...classified, removedCount: removals.removedCount };
  const published = {
    counts,
    invalidCount: summary.invalidCount + ownerless.refusedCount,
    ledger: ownerless.ledger,
    refusal: removals.refusal,
    customerVersion: base.customerVersion,
  };
  if (removals.refusal !== undefined || load.dryRun) return published;
  const closedCount = await collectAffected(tx, today);
  if (!changesAnything(counts) && closedCount === 0) return published;
  await applyAccounts(tx);
  await renewMeasures(tx, today);
  return { ...published, customerVersion: await saveCustomerBase(tx, {}) };
}

async function removalsOf(
  tx: InstitutionTx,
  load: StagedAccounts,
): Promise<{ removedCount: number; refusal: Problem | undefined }> {
  if (load.mode === 'upsert') {
    await noAbsentAccounts(tx);
    return { removedCount: 0, refusal: undefined };
  }
  const { removedCount, accountCount } = await findAbsentAccounts(tx);
  if (!removesTooMany(load, { removedCount, totalCount: accountCount })) return { removedCount, refusal: undefined };
  const refusal = new Problem('tooManyRemovals', {
    detail: `The file does not name ${removedCount} of ${accountCount} accounts, and a replace removes them. If that is meant, send confirmRemovals=true.`,
    attributes: { removedCount, accountCount },
  });
  return { removedCount, refusal };
}

/** Which rows have an owner whom nobody knows: those without any other are refused, the others stand without it. */
async function readOwnerless(tx: InstitutionTx, before: readonly LedgerPart[]) {
  using ledger = new LineLedger();
  ledger.addParts(before);
  let refusedCount = 0;
  for await (const lines of listOwnerlessLines(tx)) {
    for (const { line, reason } of lines) {
      if (reason === undefined) ledger.add('coreCustomerIds', 'unknownCustomer', line);
      else {
        ledger.add('', reason, line);
        refusedCount += 1;
      }
    }
  }
  return { refusedCount, ledger: ledger.parts() };
}

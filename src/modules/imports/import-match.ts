import { lockKeysToMatch } from '../../crypto/key-changes.ts';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { Problem } from '../../lib/problem.ts';
import type { ImportBudgets } from '../budgets/index.ts';
import { identifierTypeCode } from '../identifiers/index.ts';
import { shareCustomerVersion } from '../institutions/index.ts';
import { type ImportRequest, otherTypes } from './import-request.ts';
import type { Suggestion } from './import-schemas.ts';
import { countSampleMatches, matchLines, prepareMatch, stageLines } from './match-store.ts';
import type { ReadingSession, ReadSummary, Resolution } from './reading/index.ts';

/** Below this share of matched lines the list may be of another identifier type (api.md section 3). */
const lowMatchShare = 0.05;
/** A type is suggested from this share of the sample on: less is chance. */
const suggestedPercentMin = 20;
const retryAfterSeconds = 5;

export interface Match {
  readonly resolution: Resolution;
  readonly customerVersion: number;
  readonly suggestions: readonly Suggestion[];
}

interface MatchDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly budgets: Pick<ImportBudgets, 'chargeSample'>;
}

interface ListToMatch {
  readonly session: ReadingSession;
  readonly summary: ReadSummary;
  readonly request: ImportRequest;
  /** Whose budget a sample is charged to. */
  readonly principalId: string;
}

/**
 * Matches a staged list inside the caller's transaction, against one state of the customer base: the shared lock on
 * the institution, the transaction's first statement, keeps loads and erasures from publishing until it ends. That is
 * why READ COMMITTED is enough here (docs/decisions).
 *
 * @throws Problem `serviceUnavailable` when an index key was rotated since the list was read
 */
export async function matchList(deps: MatchDeps, tx: InstitutionTx, list: ListToMatch): Promise<Match> {
  const { session, request } = list;
  const customerVersion = await shareCustomerVersion(tx);
  await requireCurrentKeys(deps.keyring, tx, list);
  await prepareMatch(tx);
  // A transaction that is run again starts from the staged lines, not from half of the matches.
  await session.clearMatches();
  await stageLines(deps.database, tx, session.copyChunks());
  for await (const pairs of matchLines(tx, request.identifierType)) await session.addMatches(pairs);
  const resolution = await session.resolve();
  return { resolution, customerVersion, suggestions: await suggestions(deps, tx, list, resolution) };
}

/** Private cause of the 503: tokens of a staged list cannot be made again, so its job need not try again. */
export const indexKeyChanged = new Error('an index key was added or retired since the list was read');

async function requireCurrentKeys(
  keyring: Keyring,
  tx: InstitutionTx,
  { request, summary }: { request: ImportRequest; summary: ReadSummary },
): Promise<void> {
  if (summary.keyGenerations.length === 0) return;
  const typeCode = identifierTypeCode(request.identifierType);
  if ((await lockKeysToMatch(tx, typeCode, summary.keyGenerations)) === 'current') return;
  // Another process may have changed them: without this the next list would be read with the same old keys.
  keyring.forget(tx.institutionId);
  throw new Problem('serviceUnavailable', {
    detail: 'A key was rotated while the list was read. Send it again.',
    headers: { 'Retry-After': String(retryAfterSeconds) },
    cause: indexKeyChanged,
  });
}

async function suggestions(
  deps: MatchDeps,
  tx: InstitutionTx,
  list: ListToMatch,
  resolution: Resolution,
): Promise<Suggestion[]> {
  const found: Suggestion[] = [];
  const after = resolution.matchedCountAfterRepair;
  if (after !== undefined && after > resolution.matchedCount) {
    found.push({ kind: 'repair', repair: 'restoreLeadingZeros', matchedCountAfter: after });
  }
  const { summary } = list;
  const valueLines = summary.lineCount - summary.headerCount - summary.blankCount;
  const named = resolution.matchedCount + resolution.ambiguousCount;
  if (valueLines > 0 && named < valueLines * lowMatchShare) {
    const better = await betterType(deps, tx, list);
    if (better !== undefined) found.push(better);
  }
  return found;
}

async function betterType(deps: MatchDeps, tx: InstitutionTx, list: ListToMatch): Promise<Suggestion | undefined> {
  const { sampleSize } = list.summary;
  // It tells of these values under every other type; over the budget it is not made.
  if (sampleSize === 0 || !(await deps.budgets.chargeSample(tx, list.principalId, sampleSize))) return undefined;
  const types = otherTypes(list.request.identifierType);
  const counts = await countSampleMatches(deps.database, tx, types, list.session.sampleCopyChunks());
  const best = types.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))[0];
  if (best === undefined) return undefined;
  const percent = ((counts.get(best) ?? 0) / sampleSize) * 100;
  if (percent < suggestedPercentMin) return undefined;
  return {
    kind: 'identifierType',
    identifierType: best,
    sampleSize,
    sampleMatchedPercent: Math.round(percent / 10) * 10,
  };
}

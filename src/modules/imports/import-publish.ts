import type { InstitutionTx } from '../../db/transaction.ts';
import { Problem, type ProblemName, problemTypes } from '../../lib/problem.ts';
import type { CommandResult } from '../commands/index.ts';
import { canonicaliserVersion } from '../identifiers/index.ts';
import { publishAudience } from './import-audience.ts';
import { type ImportRow, insertLedger, type NewImportRow, saveImportRow } from './import-store.ts';
import { publishSuppression } from './import-suppression.ts';
import { importBody } from './import-view.ts';
import type { MatchedList } from './matched-list.ts';
import type { ReadSummary } from './reading/index.ts';

/** Ledgers of previews and refusals live this long. */
const keptMs = 24 * 60 * 60 * 1_000;

/**
 * Writes what came of a matched list: import, ledger and, unless it is refused or a preview, the audience with its version
 * or the suppression. All of it stands in the caller's transaction, so a count and its members can never differ.
 */
export async function publishList(tx: InstitutionTx, list: MatchedList): Promise<CommandResult> {
  const refusal = refusalOf(list);
  if (refusal !== undefined) return await refuse(tx, list, refusal);
  const { mode } = list.request;
  const published = mode === 'suppress' ? await publishSuppression(tx, list) : await publishAudience(tx, list, mode);
  const row = await saveImport(tx, list, { state: list.dryRun ? 'preview' : 'completed', ...published.columns });
  return {
    reply: published.reply(importBody(row, list.match.resolution.ledger)),
    audit: {
      resource: published.resource,
      outcome: list.dryRun ? 'preview' : 'done',
      detail: { ...auditDetail(row), ...published.audit },
    },
  };
}

function refusalOf(list: MatchedList): ProblemName | undefined {
  const { request, summary, match } = list;
  if (request.invalidRows === 'reject' && summary.invalidCount > 0) return 'invalidRows';
  // A `remove` that names nobody is a finished job; an audience of nobody is an accident.
  if (request.mode !== 'remove' && match.resolution.customerCount === 0) return 'noCustomersMatched';
  return undefined;
}

const refusalDetails: Partial<Record<ProblemName, string>> = {
  invalidRows: 'The list has invalid rows and invalidRows is "reject". The attributes name them by line number.',
  noCustomersMatched: 'No line of the list names a customer. The attributes say what became of every line.',
};

async function refuse(tx: InstitutionTx, list: MatchedList, name: ProblemName): Promise<CommandResult> {
  const detail = refusalDetails[name] ?? problemTypes[name].title;
  const row = await saveImport(tx, list, {
    state: 'rejected',
    audience_id: list.request.audienceId ?? null,
    problem: JSON.stringify({ type: name, title: problemTypes[name].title, detail }),
  });
  const attributes = importBody(row, list.match.resolution.ledger);
  return {
    reply: { status: problemTypes[name].status },
    audit: { resource: row.id, outcome: 'refused', detail: { ...auditDetail(row), problem: name } },
    problem: new Problem(name, { detail, attributes }),
  };
}

async function saveImport(tx: InstitutionTx, list: MatchedList, end: Partial<NewImportRow>): Promise<ImportRow> {
  const { resolution, customerVersion, suggestions } = list.match;
  const { summary } = list;
  const state = end.state ?? 'completed';
  const row = await saveImportRow(tx, {
    ...newImportRow(tx, list),
    ...summaryColumns(summary),
    unmatched_count: resolution.unmatchedCount,
    ambiguous_count: resolution.ambiguousCount,
    matched_count: resolution.matchedCount,
    customer_count: resolution.customerCount,
    customer_version: customerVersion,
    suggestions: JSON.stringify(suggestions),
    finished_at: list.at,
    expires_at: state === 'completed' ? null : new Date(list.at.getTime() + keptMs),
    ...end,
    state,
  });
  await insertLedger(tx, row.id, resolution.ledger);
  return row;
}

/** The columns that are known before the list is matched. */
export function newImportRow(
  tx: InstitutionTx,
  list: Pick<MatchedList, 'importId' | 'request' | 'viewer' | 'at'>,
): Omit<NewImportRow, 'state'> {
  return {
    institution_id: tx.institutionId,
    id: list.importId,
    mode: list.request.mode,
    audience_id: list.request.audienceId ?? null,
    identifier_type: list.request.identifierType,
    file_name: list.request.fileName,
    // The list has been read. A column is named by text of its first line, which without a header is a customer's.
    options: JSON.stringify({ ...list.request, column: null }),
    canonicaliser_version: canonicaliserVersion,
    created_at: list.at,
    created_by: list.viewer.principalId,
  };
}

export function summaryColumns(summary: ReadSummary): Partial<NewImportRow> {
  return {
    key_generations: [...summary.keyGenerations],
    content_fingerprint: summary.contentFingerprint,
    charset: summary.charset,
    windows1252_line_count: summary.windows1252LineCount,
    line_count: summary.lineCount,
    header_count: summary.headerCount,
    blank_count: summary.blankCount,
    invalid_count: summary.invalidCount,
    duplicate_count: summary.duplicateCount,
    distinct_value_count: summary.distinctValueCount,
    repairs: JSON.stringify(summary.repairs),
  };
}

/** Counts for the audit trail; the oracle budget adds up `distinctValueCount`. */
export function auditDetail(row: ImportRow): Record<string, unknown> {
  return {
    importId: row.id,
    mode: row.mode,
    identifierType: row.identifier_type,
    lineCount: row.line_count,
    distinctValueCount: row.distinct_value_count,
    matchedCount: row.matched_count,
    ambiguousCount: row.ambiguous_count,
    customerCount: row.customer_count,
    customerVersion: row.customer_version,
  };
}

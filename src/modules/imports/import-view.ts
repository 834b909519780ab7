import { Value } from 'typebox/value';
import { bitmapFrom, bitmapPage } from '../../lib/bitmap.ts';
import { identifierTypeName } from '../identifiers/index.ts';
import { type CustomerAudienceImport, suggestionSchema } from './import-schemas.ts';
import type { ImportRow, LedgerPart } from './import-store.ts';

/** How many line numbers an answer names before it says `more` (api.md section 1, problems of rows). */
const recordNumbersMax = 100;

/**
 * The resource of one import.
 *
 * @param ledger its parts; only the invalid ones are looked at
 */
export function importBody(row: ImportRow, ledger: readonly LedgerPart[]): CustomerAudienceImport {
  return {
    id: row.id,
    state: row.state,
    mode: row.mode,
    ...(row.audience_id === null ? {} : { customerAudienceId: row.audience_id }),
    ...(row.suppression_id === null ? {} : { suppressionId: row.suppression_id }),
    identifierType: identifierTypeName(row.identifier_type),
    fileName: row.file_name,
    lineCount: row.line_count,
    headerCount: row.header_count,
    blankCount: row.blank_count,
    invalidCount: row.invalid_count,
    duplicateCount: row.duplicate_count,
    unmatchedCount: row.unmatched_count,
    ambiguousCount: row.ambiguous_count,
    matchedCount: row.matched_count,
    customerCount: row.customer_count,
    ...changeOf(row),
    ...(row.content_fingerprint === null ? {} : { contentFingerprint: row.content_fingerprint.toString('hex') }),
    ...(row.charset === null ? {} : { charset: row.charset }),
    windows1252LineCount: row.windows1252_line_count,
    invalidReasons: invalidReasons(ledger),
    repairs: row.repairs,
    suggestions: row.suggestions.filter((suggestion) => Value.Check(suggestionSchema, suggestion)),
    ...(row.customer_version === null ? {} : { customerVersion: row.customer_version }),
    ...(row.problem === null ? {} : { problem: row.problem }),
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
  };
}

/** What an edit has done to the members, or what its dry run says it would do. */
function changeOf(row: ImportRow): Pick<CustomerAudienceImport, 'addedCount' | 'removedCount'> {
  const isEdit = row.mode === 'add' || row.mode === 'remove' || row.mode === 'replace';
  const isDone = row.state === 'completed' || row.state === 'preview';
  return isEdit && isDone ? { addedCount: row.added_count, removedCount: row.removed_count } : {};
}

function invalidReasons(ledger: readonly LedgerPart[]): CustomerAudienceImport['invalidReasons'] {
  return ledger
    .filter((part) => part.outcome === 'invalid')
    .map((part) => ({
      reason: part.reason,
      count: part.lineCount,
      recordNumbers: firstLines(part.lines),
      more: part.lineCount > recordNumbersMax,
    }))
    .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

function firstLines(lines: Uint8Array): number[] {
  using bitmap = bitmapFrom(lines);
  return [...bitmapPage(bitmap, { limit: recordNumbersMax })];
}

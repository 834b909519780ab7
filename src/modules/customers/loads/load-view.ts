import { Value } from 'typebox/value';
import { bitmapFrom, bitmapPage } from '../../../lib/bitmap.ts';
import type { LedgerPart } from './line-ledger.ts';
import { loadFields } from './load-fields.ts';
import { recordNumbersMax } from './load-limits.ts';
import { type CustomerLoad, customerLoadSchema } from './load-schemas.ts';
import type { LoadRow } from './load-store.ts';

const problemSchema = customerLoadSchema.properties.problem;

/** The resource of one load. */
export function loadBody(row: LoadRow, ledger: readonly LedgerPart[]): CustomerLoad {
  return {
    id: row.id,
    mode: row.mode,
    state: row.state,
    lineCount: row.line_count,
    insertedCount: row.inserted_count,
    updatedCount: row.updated_count,
    unchangedCount: row.unchanged_count,
    returnedCount: row.returned_count,
    invalidCount: row.invalid_count,
    removedCount: row.removed_count,
    invalidReasons: ledger.filter((part) => part.field === '').map(linesOf),
    invalidCells: loadFields.flatMap((field) =>
      ledger.filter((part) => part.field === field).map((part) => ({ field, ...linesOf(part) })),
    ),
    ...(row.customer_version === null ? {} : { customerVersion: row.customer_version }),
    ...(Value.Check(problemSchema, row.problem) && row.problem !== null ? { problem: row.problem } : {}),
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
  };
}

function linesOf(part: LedgerPart) {
  using lines = bitmapFrom(part.lines);
  return {
    reason: part.reason,
    count: part.lineCount,
    recordNumbers: [...bitmapPage(lines, { limit: recordNumbersMax })],
    more: part.lineCount > recordNumbersMax,
  };
}

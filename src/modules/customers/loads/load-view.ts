import { Value } from 'typebox/value';
import { bitmapFrom, bitmapPage } from '../../../lib/bitmap.ts';
import type { LedgerPart } from './line-ledger.ts';
import { loadFields } from './load-fields.ts';
import type { LoadResource } from './load-kind.ts';
import { recordNumbersMax } from './load-limits.ts';
import { type CustomerLoad, loadProblemSchema } from './load-schemas.ts';
import type { LoadRow } from './load-store.ts';

export const customerLoadResource: LoadResource<CustomerLoad> = {
  kind: 'customers',
  noun: 'customer load',
  collection: '/service/customerLoads',
  idAttribute: 'customerLoadId',
  bodyOf: (row, ledger) => {
    const known: ReadonlySet<string> = new Set(loadFields);
    const attributes = ledger.map(({ field }) => field).filter((field) => field !== '' && !known.has(field));
    const fields = [...loadFields, ...new Set(attributes)];
    return { ...loadBody(row, ledger, fields), returnedCount: row.returned_count };
  },
};

/**
 * What is said of a load of every kind.
 *
 * @param fields whose cells may be refused, in the order in which they are shown
 */
export function loadBody<Field extends string>(row: LoadRow, ledger: readonly LedgerPart[], fields: readonly Field[]) {
  return {
    id: row.id,
    mode: row.mode,
    state: row.state,
    lineCount: row.line_count,
    insertedCount: row.inserted_count,
    updatedCount: row.updated_count,
    unchangedCount: row.unchanged_count,
    invalidCount: row.invalid_count,
    removedCount: row.removed_count,
    invalidReasons: ledger.filter((part) => part.field === '').map(linesOf),
    invalidCells: fields.flatMap((field) =>
      ledger.filter((part) => part.field === field).map((part) => ({ field, ...linesOf(part) })),
    ),
    ...(row.customer_version === null ? {} : { customerVersion: row.customer_version }),
    ...(Value.Check(loadProblemSchema, row.problem) ? { problem: row.problem } : {}),
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

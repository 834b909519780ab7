import type { ChosenList } from '../import-store.ts';
import type { ListShape } from '../reading/record-picker.ts';
import type { ImportLedger } from '../sending/import-ledger.ts';

/** How a chosen list is read. */
export function shapeOfList({ head, choices }: ChosenList): ListShape {
  return {
    hasHeader: choices.hasHeader,
    hasColumns: choices.column !== undefined,
    ...(head.isCharsetChosen ? { charset: head.charset } : {}),
  };
}

/** How an imported list was read; that a column was is known to the address alone. */
export function shapeOfImport(ledger: ImportLedger, { hasColumns }: { hasColumns: boolean }): ListShape {
  return {
    hasHeader: ledger.headerCount > 0,
    hasColumns,
    ...(ledger.charset === 'utf-8' ? {} : { charset: ledger.charset }),
  };
}

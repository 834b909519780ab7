import type { ChosenList } from './import-store.ts';

/** Which step of a new import is shown. */
export interface ImportSearch {
  readonly step?: 'check';
}

export function readImportSearch(search: Record<string, unknown>): ImportSearch {
  return search.step === 'check' ? { step: 'check' } : {};
}

/** How a list was read, as far as the import itself does not say: its rejects are written by it. */
export interface ImportedSearch {
  /** A column of several was read. */
  readonly wide?: true;
  /** Position from 0 of the sheet that was read of a workbook. */
  readonly sheet?: number;
}

export function readImportedSearch({ wide, sheet }: Record<string, unknown>): ImportedSearch {
  return {
    ...(wide === true ? { wide } : {}),
    ...(typeof sheet === 'number' && Number.isInteger(sheet) && sheet >= 0 ? { sheet } : {}),
  };
}

/** The address says it, so that the rejects can be made on another day. */
export function importedSearchOf(list: ChosenList): ImportedSearch {
  const { choices, workbook } = list;
  return {
    ...(choices.column === undefined ? {} : { wide: true }),
    ...(workbook === undefined ? {} : { sheet: workbook.sheet }),
  };
}

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
}

export function readImportedSearch(search: Record<string, unknown>): ImportedSearch {
  return search.wide === true ? { wide: true } : {};
}

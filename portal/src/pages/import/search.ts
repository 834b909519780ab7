/** Which step of an import is shown, as the address has it. */
export interface ImportSearch {
  /** The audience whose members the list is to change; absent: it makes a new one. */
  readonly audience?: string;
  readonly step?: 'check';
}

const audienceId = /^[-_:.~$a-zA-Z0-9]{6,48}$/;

export function readImportSearch({ audience, step }: Record<string, unknown>): ImportSearch {
  return {
    ...(typeof audience === 'string' && audienceId.test(audience) ? { audience } : {}),
    ...(step === 'check' ? { step } : {}),
  };
}

/** A step of the import that makes an audience, or of the one that edits the members of one. */
export function atStep(step: 'list' | 'check', edit?: { readonly audienceId: string }): ImportSearch {
  return { ...(edit === undefined ? {} : { audience: edit.audienceId }), ...(step === 'check' ? { step } : {}) };
}

/** How a list was read, as far as the import itself does not say: its rejects are written by it. */
export interface ImportedSearch {
  /** A column of several was read. */
  readonly wide?: true;
}

export function readImportedSearch(search: Record<string, unknown>): ImportedSearch {
  return search.wide === true ? { wide: true } : {};
}

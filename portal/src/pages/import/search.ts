import { type Outcome, outcomeOf } from '../../parts/ledger/ledger-parts.ts';
import type { Edit } from './edit/edit.ts';
import type { ChosenList } from './import-store.ts';

/** Which step of an import is shown, as the address has it. */
export interface ImportSearch {
  /** The audience whose members the list is to change; absent: it makes a new one. */
  readonly audience?: string;
  readonly step?: 'check';
}

const audienceId = /^[-_:.~$a-zA-Z0-9]{6,48}$/;

function isAudienceId(value: unknown): value is string {
  return typeof value === 'string' && audienceId.test(value);
}

export function readImportSearch({ audience, step }: Record<string, unknown>): ImportSearch {
  return {
    ...(isAudienceId(audience) ? { audience } : {}),
    ...(step === 'check' ? { step } : {}),
  };
}

/** A step of the import that makes an audience, or of the one that edits the members of one. */
export function atStep(step: 'list' | 'check', edit?: { readonly audienceId: string }): ImportSearch {
  return { ...(edit === undefined ? {} : { audience: edit.audienceId }), ...(step === 'check' ? { step } : {}) };
}

/** How an import went, as the address has it. */
export interface ImportedSearch {
  /** The audience whose members the list was to change. */
  readonly audience?: string;
  /** A column of several was read: the import itself does not say so, and its rejects are written by it. */
  readonly wide?: true;
  /** Position from 0 of the sheet that was read of a workbook. */
  readonly sheet?: number;
  /** The part whose lines are shown. */
  readonly outcome?: Outcome;
}

export function readImportedSearch({ audience, wide, sheet, outcome }: Record<string, unknown>): ImportedSearch {
  return withOutcome(outcomeOf(outcome))({
    ...(isAudienceId(audience) ? { audience } : {}),
    ...(wide === true ? { wide } : {}),
    ...(typeof sheet === 'number' && Number.isInteger(sheet) && sheet >= 0 ? { sheet } : {}),
  });
}

/** How the list was read: the address says it, so that the rejects can be made on another day. */
export function importedSearchOf({ choices, workbook }: ChosenList, edit: Edit | undefined): ImportedSearch {
  return {
    ...(edit === undefined ? {} : { audience: edit.audienceId }),
    ...(choices.column === undefined ? {} : { wide: true }),
    ...(workbook === undefined ? {} : { sheet: workbook.sheet }),
  };
}

/** The same import with the lines of another part, or of none. */
export function withOutcome(outcome: Outcome | undefined): (before: ImportedSearch) => ImportedSearch {
  return ({ outcome: _before, ...rest }) => (outcome === undefined ? rest : { ...rest, outcome });
}

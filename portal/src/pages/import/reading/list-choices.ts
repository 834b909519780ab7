import { cleanCell } from '../../../../../src/lib/list-text/clean-cell.ts';
import type { IdentifierType } from './identifier-types.ts';
import { type ListHead, readColumn } from './list-head.ts';

/** How a list is to be read: what was found, until the person says otherwise. */
export interface ListChoices {
  readonly identifierType: IdentifierType;
  readonly hasHeader: boolean;
  /** Position from 1; undefined for one value a line. */
  readonly column: number | undefined;
}

/** What the head of a list suggests. */
export function choicesOf(head: ListHead): ListChoices {
  return withGuessedType(head, { hasHeader: head.hasHeader, column: head.column });
}

/** The same after another column or header was chosen: its type is guessed anew. */
export function withGuessedType(head: ListHead, choice: Omit<ListChoices, 'identifierType'>): ListChoices {
  const column = head.layout.columns[(choice.column ?? 1) - 1];
  const guess = column && readColumn(column, choice.hasHeader).guess;
  return { ...choice, identifierType: guess?.type ?? 'accountNumber' };
}

/** The columns that Rollcall's own exports have more to say of than a position can: several account numbers a cell. */
const ownAccountColumn = 'accountNumbers';

/**
 * The field `column` of the request: the position; the name where the header has cells that look like positions.
 * Undefined where the server finds the column by itself.
 */
export function columnField(head: ListHead, choices: ListChoices): string | undefined {
  const { columns } = head.layout;
  const { column, hasHeader } = choices;
  const chosen = columns[(column ?? 0) - 1];
  if (chosen === undefined) return undefined;
  if (hasHeader && choices.identifierType === 'accountNumber' && cleanCell(chosen.first) === ownAccountColumn) {
    return undefined;
  }
  const position = String(column);
  const isTakenAsName = hasHeader && columns.some(({ first }) => first === position);
  return isTakenAsName ? chosen.first : position;
}

/** "spring_mailing-2026.csv" -> "Spring mailing 2026". Long numbers go: they may be a customer's. */
export function nameOfFile(fileName: string): string {
  const words = fileName
    .replace(/\.(?:csv|txt|tsv|xls[xm]|gz)(?:\.gz)?$/i, '')
    .replace(/\d{7,}/g, '')
    .replace(/[_\s]+|-(?=\D)|(?<=\D)-/g, ' ')
    .trim()
    .slice(0, 80);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

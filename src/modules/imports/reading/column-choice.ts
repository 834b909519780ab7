import { splitCells } from '../../../lib/list-text/cell-splitter.ts';
import { Problem } from '../../../lib/problem.ts';
import { cleanCell, type IdentifierTypeName } from '../../identifiers/index.ts';
import { allDelimiters } from './record-splitter.ts';

export interface ColumnChoice {
  readonly delimiter: string;
  /** 0-based. */
  readonly index: number;
  /** Cells hold several values with pipes between, as our own export writes account numbers. */
  readonly isPipeSeparated: boolean;
}

/** The column of each identifier type in the files that Rollcall itself writes. */
const ownColumns: Readonly<Record<IdentifierTypeName, string>> = {
  taxIdNumber: 'taxIdNumber',
  customerId: 'id',
  coreCustomerId: 'coreCustomerId',
  accountNumber: 'accountNumbers',
  emailAddress: 'emailAddress',
  phoneNumber: 'phoneNumber',
  username: 'username',
};

const ownHeaderNames: ReadonlySet<string> = new Set([
  ...Object.values(ownColumns),
  ...['customerType', 'givenName', 'familyName', 'businessName', 'regionCode', 'postalCode', 'birthYear'],
  ...['customerSince'],
]);

/** Whether `column` names a column rather than giving its position; then the first record is a header in any case. */
export function isColumnName(column: string | number, includesHeader: boolean): boolean {
  return typeof column === 'string' && (includesHeader || !isPosition(column));
}

/**
 * Finds the wanted column by the first record. The delimiter is the one that sets the named column apart; else the one
 * of comma, semicolon and tab that makes the most cells, in this order when several do.
 *
 * @throws Problem `badRequest` that speaks of positions only: a header may hold a customer's data
 */
export function chooseColumn(
  firstRecord: string,
  wanted: { column: string | number; includesHeader: boolean },
): ColumnChoice {
  const layouts = [...allDelimiters]
    .map((delimiter) => ({ delimiter, cells: splitCells(firstRecord, delimiter).cells.map(cleanCell) }))
    .toSorted((a, b) => b.cells.length - a.cells.length);
  if (typeof wanted.column === 'string' && isColumnName(wanted.column, wanted.includesHeader)) {
    for (const { delimiter, cells } of layouts) {
      const index = namedColumn(cells, cleanCell(wanted.column));
      if (index >= 0) return { delimiter, index, isPipeSeparated: false };
    }
  }
  const { delimiter, cells } = layouts[0] ?? { delimiter: ',', cells: [] };
  if (typeof wanted.column === 'string' && !isPosition(wanted.column)) {
    throw new Problem('badRequest', {
      detail: `No column of the header has the name given in column. The header has ${cells.length} column(s): give the position instead.`,
      attributes: { columnCount: cells.length },
    });
  }
  const position = Number(wanted.column);
  if (!Number.isInteger(position) || position < 1 || position > cells.length) {
    throw new Problem('badRequest', {
      detail: `The list has no column at the position given in column. Its first record has ${cells.length} column(s).`,
      attributes: { columnCount: cells.length },
    });
  }
  return { delimiter, index: position - 1, isPipeSeparated: false };
}

/**
 * The column of a file that Rollcall itself wrote, so that an export can be imported as it is. With a declared header the
 * field name among several columns is enough; without, all columns must have names of our fields.
 */
export function ownColumn(
  firstLine: string,
  list: { identifierType: IdentifierTypeName; includesHeader: boolean },
): ColumnChoice | undefined {
  const name = ownColumns[list.identifierType];
  for (const delimiter of allDelimiters) {
    const { cells: raw, isUnclosed } = splitCells(firstLine, delimiter);
    const cells = raw.map(cleanCell);
    const index = cells.indexOf(name);
    if (isUnclosed || cells.length < 2 || index < 0 || cells.lastIndexOf(name) !== index) continue;
    if (list.includesHeader || cells.every((cell) => ownHeaderNames.has(cell))) {
      return { delimiter, index, isPipeSeparated: name === 'accountNumbers' };
    }
  }
  return undefined;
}

function isPosition(column: string): boolean {
  return /^[1-9]\d{0,3}$/.test(column);
}

/** Exactly so named, otherwise the only one so named but for case; -1 when there is none. */
function namedColumn(cells: readonly string[], name: string): number {
  const index = uniqueIndex(cells, name);
  if (index >= 0) return index;
  return uniqueIndex(
    cells.map((cell) => cell.toLowerCase()),
    name.toLowerCase(),
  );
}

function uniqueIndex(cells: readonly string[], name: string): number {
  const index = cells.indexOf(name);
  if (index < 0 || cells.lastIndexOf(name) === index) return index;
  throw new Problem('badRequest', {
    detail: `Columns ${index + 1} and ${cells.lastIndexOf(name) + 1} both have the name given in column: give the position instead.`,
    attributes: { columnCount: cells.length },
  });
}

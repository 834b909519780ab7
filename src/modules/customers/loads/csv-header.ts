import { Problem } from '../../../lib/problem.ts';
import { readCsvCells } from './csv-cells.ts';
import { columnsMax } from './load-limits.ts';
import { columnNames, type RowShape } from './row-shape.ts';

/** Where each field stands in the records of a file. */
export interface CsvColumns {
  readonly delimiter: string;
  readonly columnCount: number;
  readonly keyColumn: number;
  /** In the order of the shape's fields; -1 where the file has no such column. */
  readonly fieldColumns: readonly number[];
}

const delimiters = [',', ';', '\t'] as const;
/** What no header has: the marks of archives, workbooks and other binary files. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const binary = /[\u0000-\u0008\u000e-\u001f\ufffd]/;

/**
 * Reads the header. The delimiter is the one under which it names the key: `,`, `;` or tab.
 *
 * @throws Problem `badRequest` naming columns by their number, never by their text; `unreadableList` for binary files
 */
export function readCsvHeader(text: string, shape: RowShape, ignoreColumns: readonly string[]): CsvColumns {
  const { keyField, fields } = shape;
  const known = columnNames(shape);
  // A name of ours in ignoreColumns is passed over too: the file may mean something else by it.
  const taken = known.filter((name) => !ignoreColumns.includes(name));
  if (binary.test(text)) {
    throw new Problem('unreadableList', { detail: 'The body is not text in UTF-8. Export the file as CSV in UTF-8.' });
  }
  const delimiter = delimiters.find((candidate) => namesOf(text, candidate).includes(keyField)) ?? ',';
  const names = namesOf(text, delimiter);
  if (names.length > columnsMax) throw headerProblem(`The header has more than ${columnsMax} columns.`, [], known);
  refuseUnknown(names, known, ignoreColumns);
  const repeated = columnNumbers(names, (name, index) => taken.includes(name) && names.indexOf(name) !== index);
  if (repeated.length > 0) {
    throw headerProblem(`Column ${repeated[0]} repeats the name of an earlier one.`, repeated, known);
  }
  if (!names.includes(keyField)) {
    throw headerProblem(`The header has no column ${keyField}, the key of each row.`, [], known);
  }
  return {
    delimiter,
    columnCount: names.length,
    keyColumn: names.indexOf(keyField),
    fieldColumns: fields.map(({ name }) => (taken.includes(name) ? names.indexOf(name) : -1)),
  };
}

function namesOf(text: string, delimiter: string): string[] {
  return readCsvCells(text, delimiter).cells.map((cell) => cell.trim());
}

function refuseUnknown(names: readonly string[], known: readonly string[], ignoreColumns: readonly string[]): void {
  const unknown = columnNumbers(names, (name) => !known.includes(name) && !ignoreColumns.includes(name));
  if (unknown.length === 0) return;
  throw headerProblem(
    `Column ${unknown[0]} of the header has an unknown name; attributes.allowed lists the allowed ones. Name columns to pass over in ignoreColumns.`,
    unknown,
    known,
  );
}

function columnNumbers(names: readonly string[], isMeant: (name: string, index: number) => boolean): number[] {
  return names.flatMap((name, index) => (isMeant(name, index) ? [index + 1] : []));
}

function headerProblem(detail: string, numbers: readonly number[], allowed: readonly string[]): Problem {
  return new Problem('badRequest', {
    detail,
    attributes: {
      in: 'body',
      ...(numbers.length === 0 ? {} : { columnNumbers: numbers.slice(0, columnsMax) }),
      allowed: [...allowed],
    },
  });
}

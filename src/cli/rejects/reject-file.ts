import type { LineAnswer } from '../client/api-schemas.ts';
import { csvCell } from '../output/csv-cell.ts';
import { writeFileWhole } from '../output/whole-file.ts';
import { readListLines } from './list-lines.ts';
import { hasOpenQuote, type RejectedRecord, rejectedRecords } from './reject-rows.ts';

/** How the list was read, which decides how what is left of it is written. */
export interface ListShape {
  readonly path: string;
  readonly identifierType: string;
  readonly includesHeader: boolean;
  readonly column?: string;
  readonly charset?: string;
}

export interface RejectFile {
  readonly path: string;
  readonly lineCount: number;
  /** Options of `rollcall import` that read this file as the list was read. */
  readonly importOptions: readonly string[];
}

const ledgerColumns = ['recordNumber', 'outcome', 'reason'] as const;

/**
 * Writes the lines that became nobody, to be mended and imported again: line number, outcome, reason and the line. Of
 * a list with columns the record keeps its own; the three stand before them. The values come from the local file:
 * the server has none. Mode 0600, in place only when it is whole.
 */
export async function writeRejectFile(
  list: ListShape,
  answers: AsyncIterable<LineAnswer>,
  target: string,
): Promise<RejectFile> {
  const layout = layoutOf(list, await firstLine(list));
  let lineCount = 0;
  await writeFileWhole(target, async (write) => {
    if (layout.header !== undefined) await write(`${layout.header}\r\n`);
    const lines = readListLines(list.path, charsetOf(list));
    for await (const record of rejectedRecords(lines, answers, { quotedLineBreaks: layout.hasColumns })) {
      await write(`${layout.row(record)}\r\n`);
      lineCount += 1;
    }
  });
  return { path: target, lineCount, importOptions: layout.importOptions };
}

interface Layout {
  readonly hasColumns: boolean;
  readonly header: string | undefined;
  readonly importOptions: readonly string[];
  row(record: RejectedRecord): string;
}

function layoutOf(list: ListShape, first: string): Layout {
  if (list.column !== undefined) return recordLayout(list, first, list.column);
  const exported = exportedColumn(list.identifierType);
  const isExport = delimiters.some((delimiter) => {
    const names = headerNames(first, delimiter);
    return names.length > 1 && names.includes(exported);
  });
  return isExport ? recordLayout(list, first, exported) : valueLayout(list);
}

/** One value a line: a file of four columns, the last one named after the type. */
function valueLayout(list: ListShape): Layout {
  return {
    hasColumns: false,
    header: [...ledgerColumns, list.identifierType].join(','),
    importOptions: ['--type', list.identifierType, '--header', '--column', list.identifierType],
    // Delimiters around the value are none of it: in a cell of its own they would be.
    row: (record) => [...ledgerCells(record), csvCell(record.text.replace(/^[\s,;]+|[\s,;]+$/g, ''))].join(','),
  };
}

/** Several columns: the record as it stands, in its own dialect, after the three of the ledger. */
function recordLayout(list: ListShape, first: string, column: string): Layout {
  const delimiter = delimiterOf(first, column);
  const byPosition = /^\d+$/.test(column) && !(list.includesHeader && headerNames(first, delimiter).includes(column));
  // A column that has a name has a header, declared or not.
  const hasHeader = list.includesHeader || !byPosition;
  const shifted = byPosition ? String(Number(column) + ledgerColumns.length) : column;
  return {
    hasColumns: true,
    header: hasHeader ? [...ledgerColumns, first].join(delimiter) : undefined,
    importOptions: ['--type', list.identifierType, ...(hasHeader ? ['--header'] : []), '--column', shifted],
    row: (record) => {
      // An open quote would swallow the rows after it.
      const text = hasOpenQuote(record.text) ? csvCell(record.text) : record.text;
      return [...ledgerCells(record), text].join(delimiter);
    },
  };
}

function ledgerCells(record: RejectedRecord): readonly string[] {
  return [String(record.recordNumber), record.outcome, record.reason];
}

async function firstLine(list: ListShape): Promise<string> {
  for await (const { text } of readListLines(list.path, charsetOf(list))) return text;
  return '';
}

/** The column by which a file that Rollcall wrote is known, without --column. */
function exportedColumn(identifierType: string): string {
  if (identifierType === 'customerId') return 'id';
  return identifierType === 'accountNumber' ? 'accountNumbers' : identifierType;
}

const delimiters = [',', ';', '\t'] as const;

/** The delimiter that sets the named column apart, else the one that makes the most cells. */
function delimiterOf(first: string, column: string): string {
  const wanted = column.toLowerCase();
  const naming = delimiters.find((delimiter) => {
    return headerNames(first, delimiter).some((name) => name.toLowerCase() === wanted);
  });
  if (naming !== undefined) return naming;
  const counted = delimiters.map((delimiter) => ({ delimiter, count: first.split(delimiter).length }));
  return counted.toSorted((a, b) => b.count - a.count)[0]?.delimiter ?? ',';
}

function headerNames(first: string, delimiter: string): readonly string[] {
  return first.split(delimiter).map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );
}

function charsetOf(list: ListShape): { charset?: string } {
  return list.charset === undefined ? {} : { charset: list.charset };
}

import { endsInsideQuotes, splitCells } from '../../../../../src/lib/list-text/cell-splitter.ts';
import { cleanCell } from '../../../../../src/lib/list-text/clean-cell.ts';
import { damageOf, guessType, type TypeGuess, typeOfName, type ValueDamage } from './guess-type.ts';
import { identifierTypes } from './identifier-types.ts';
import { LineCutter, ListUnmarker } from './list-lines.ts';
import { type Charset, type ChosenCharset, createLineDecoder, utf16Of } from './list-text.ts';

/** What the first part of a list says of it. */
export interface ListHead {
  readonly charset: Charset;
  /** Somebody said so: the server is told. */
  readonly isCharsetChosen: boolean;
  /** The first lines as they are, to be looked at. */
  readonly lines: readonly string[];
  readonly hasHeader: boolean;
  readonly layout: ListLayout;
  /** Position from 1 of the column that most likely names customers; undefined for a list of one value a line. */
  readonly column: number | undefined;
  /** Of an average line, with its end; what is left of the file is counted by it. */
  readonly bytesPerLine: number;
  readonly lineCount: number;
  /** Whether the whole list was looked at. */
  readonly isWhole: boolean;
}

export interface ListLayout {
  readonly delimiter: Delimiter;
  readonly columns: readonly ColumnSample[];
}

export interface ColumnSample {
  /** From 1. */
  readonly position: number;
  /** What the first line has there. */
  readonly first: string;
  /** What the lines after it have there. */
  readonly values: readonly string[];
}

export type Delimiter = ',' | ';' | '\t';

const delimiters = [',', ';', '\t'] as const satisfies readonly Delimiter[];
const shownLines = 12;
const sampledLines = 500;
const shownCharacters = 400;
const recordLinesMax = 100;

interface HeadOptions {
  readonly isWhole: boolean;
  readonly charset?: ChosenCharset | undefined;
}

/**
 * Reads what the beginning of a list tells: its charset, header, columns and which of them names customers.
 *
 * @param bytes the beginning of the list, unpacked
 * @param options.charset what somebody said that it is in
 */
export function readListHead(bytes: Uint8Array, options: HeadOptions): ListHead {
  const { lines, lineCount, windows1252Count } = decodedLines(bytes, options);
  const layout = layoutOf(lines);
  // The server takes line 1 for the header, whatever it holds.
  const hasHeader = !isBlank(lines[0] ?? '') && looksLikeHeader(layout);
  const found = utf16Of(bytes) ?? (windows1252Count > 0 ? 'windows-1252' : 'utf-8');
  return {
    charset: options.charset ?? found,
    isCharsetChosen: options.charset !== undefined,
    lines: lines.slice(0, shownLines).map((line) => line.slice(0, shownCharacters)),
    hasHeader,
    layout,
    column: layout.columns.length > 1 ? bestColumn(layout, hasHeader) : undefined,
    bytesPerLine: wholeLineBytes(bytes, options) / Math.max(1, lineCount),
    lineCount,
    isWhole: options.isWhole,
  };
}

/** The values of a column, and its name, as the header is taken or not. */
export function columnContent(column: ColumnSample, hasHeader: boolean): { name: string; values: readonly string[] } {
  return hasHeader
    ? { name: column.first, values: column.values }
    : { name: '', values: [column.first, ...column.values] };
}

/** What a column seems to hold, and what a spreadsheet did to it. */
export function readColumn(column: ColumnSample, hasHeader: boolean): { guess?: TypeGuess; damage: ValueDamage } {
  const { name, values } = columnContent(column, hasHeader);
  const guess = guessType(values, name);
  return { ...(guess === undefined ? {} : { guess }), damage: damageOf(values) };
}

/** The delimiter that makes the most cells of the first record, as the server takes it when a position is given. */
export function delimiterOf(firstRecord: string): Delimiter {
  const counted = delimiters.map((delimiter) => ({
    delimiter,
    count: splitCells(firstRecord, delimiter).cells.length,
  }));
  return counted.toSorted((a, b) => b.count - a.count)[0]?.delimiter ?? ',';
}

function decodedLines(bytes: Uint8Array, { isWhole, charset }: HeadOptions) {
  const decode = createLineDecoder({ isDeclared: charset !== undefined });
  const lines: string[] = [];
  let windows1252Count = 0;
  const cutter = new LineCutter((_, line) => {
    const { text, isWindows1252 } = decode(line);
    if (isWindows1252) windows1252Count += 1;
    if (lines.length < sampledLines) lines.push(text);
  });
  const unmarker = new ListUnmarker(charset);
  cutter.push(unmarker.push(bytes));
  cutter.push(unmarker.end());
  // What is cut off by the end of the head is no line, unless nothing else is there.
  if (isWhole || cutter.lineCount === 0) cutter.end();
  return { lines, lineCount: cutter.lineCount, windows1252Count };
}

/** Without the line that the end of the head cuts off. */
function wholeLineBytes(bytes: Uint8Array, { isWhole }: { isWhole: boolean }): number {
  const end = Math.max(bytes.lastIndexOf(0x0a), bytes.lastIndexOf(0x0d)) + 1;
  return isWhole || end === 0 ? bytes.length : end;
}

/** A file has columns when most of its records have as many cells as the first one has, and more than one. */
function layoutOf(lines: readonly string[]): ListLayout {
  const first = lines.find((line) => !isBlank(line)) ?? '';
  const delimiter = delimiterOf(first);
  const [header = [], ...rows] = recordsOf(lines, delimiter)
    .map((record) => splitCells(record, delimiter).cells)
    .filter((cells) => cells.some((cell) => cleanCell(cell) !== ''));
  const alike = rows.filter((cells) => cells.length === header.length).length;
  const filled = header.filter((cell) => cleanCell(cell) !== '').length;
  const isWide = header.length > 1 && filled > 1 && alike * 2 >= rows.length;
  if (!isWide) {
    const [one = '', ...others] = lines;
    return { delimiter, columns: [{ position: 1, first: one, values: others }] };
  }
  const columns = header.map((cell, index) => ({
    position: index + 1,
    first: cleanCell(cell),
    values: rows.map((cells) => cells[index] ?? ''),
  }));
  return { delimiter, columns };
}

function isBlank(line: string): boolean {
  return cleanCell(line.replace(/[,;\t]/g, '')) === '';
}

function recordsOf(lines: readonly string[], delimiter: string): string[] {
  const records: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const first = lines[at] ?? '';
    const end = endsInsideQuotes(first, delimiter, false) ? recordEnd(lines, at, delimiter) : at;
    records.push(lines.slice(at, end + 1).join('\n'));
    at = end;
  }
  return records;
}

/** Where the quote that is open at the end of line `start` closes; `start` itself for a stray one. */
function recordEnd(lines: readonly string[], start: number, delimiter: string): number {
  const last = Math.min(lines.length - 1, start + recordLinesMax);
  for (let at = start + 1; at <= last; at += 1) {
    if (!endsInsideQuotes(lines[at] ?? '', delimiter, true)) return at;
  }
  return start;
}

/** Names stand in the first line when it has no value of the kind that stands below. */
function looksLikeHeader({ columns }: ListLayout): boolean {
  const filled = columns.filter(({ first }) => cleanCell(first) !== '');
  if (filled.length === 0 || !filled.every(({ first }) => couldBeName(cleanCell(first)))) return false;
  const speaks = filled.some(({ first }) => typeOfName(first) !== undefined || /^(?:id|name)$/i.test(cleanCell(first)));
  return speaks || filled.some(({ values }) => isMostlyValues(values));
}

function couldBeName(cell: string): boolean {
  return /\p{L}/u.test(cell) && !cell.includes('@') && (cell.match(/\d/g) ?? []).length < 3 && cell.length <= 60;
}

function isMostlyValues(values: readonly string[]): boolean {
  const filled = values.map(cleanCell).filter((cell) => cell !== '');
  return filled.length > 0 && filled.filter((cell) => !couldBeName(cell)).length * 2 > filled.length;
}

function bestColumn({ columns }: ListLayout, hasHeader: boolean): number {
  const found = columns.flatMap((column) => {
    const { guess } = readColumn(column, hasHeader);
    return guess === undefined || guess.because === 'nothingElse' ? [] : [{ position: column.position, guess }];
  });
  const rank = ({ guess }: { guess: TypeGuess }) =>
    identifierTypes.indexOf(guess.type) - (guess.because === 'columnName' ? 0.5 : 0);
  return found.toSorted((a, b) => rank(a) - rank(b))[0]?.position ?? 1;
}

export interface Cells {
  /** Quoting removed, except where text follows the closing quote; `="..."` stays for the identifier type to unwrap. */
  readonly cells: readonly string[];
  /** The last cell has a quote that is not closed. */
  readonly isUnclosed: boolean;
}

/**
 * Splits one line or record (RFC 4180 section 2) at any of the characters `delimiters` outside quotes. A quote counts
 * only at the beginning of a cell; elsewhere it is text.
 */
export function splitCells(text: string, delimiters: string): Cells {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const cell = readCell(text, at, delimiters);
    cells.push(cell.value);
    if (cell.isUnclosed || cell.end >= text.length) return { cells, isUnclosed: cell.isUnclosed };
    at = cell.end + 1;
  }
}

/** Whether `text`, which goes on inside a quoted cell when `isOpen`, ends inside one: the record has another line. */
export function endsInsideQuotes(text: string, delimiters: string, isOpen: boolean): boolean {
  let at = 0;
  if (isOpen) {
    const close = closingQuote(text, 0);
    if (close < 0) return true;
    at = cellEnd(text, close + 1, delimiters) + 1;
  }
  while (at <= text.length) {
    const cell = readCell(text, at, delimiters);
    if (cell.isUnclosed) return true;
    at = cell.end + 1;
  }
  return false;
}

function readCell(
  text: string,
  start: number,
  delimiters: string,
): { value: string; end: number; isUnclosed: boolean } {
  const opening = openingLength(text, start);
  if (opening === 0) {
    const end = cellEnd(text, start, delimiters);
    return { value: text.slice(start, end), end, isUnclosed: false };
  }
  const open = start + opening;
  const close = closingQuote(text, open);
  if (close < 0) return { value: text.slice(start), end: text.length, isUnclosed: true };
  const end = cellEnd(text, close + 1, delimiters);
  const isPlainlyQuoted = text[open - 2] !== '=' || opening === 1;
  if (isPlainlyQuoted && text.slice(close + 1, end).trim() === '') {
    return { value: text.slice(open, close).replaceAll('""', '"'), end, isUnclosed: false };
  }
  return { value: text.slice(start, end), end, isUnclosed: false };
}

/**
 * Characters up to and including the quote that opens a cell at `start`; 0 when the cell is not quoted. `=` before the
 * quote is how spreadsheets protect a number (`="00123"`): delimiters inside are text there too.
 */
function openingLength(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ' || text[at] === '\u00a0') at += 1;
  if (text[at] === '=') at += 1;
  return text[at] === '"' ? at + 1 - start : 0;
}

/** The position of the quote that closes what opened before `from`; -1 when there is none. */
function closingQuote(text: string, from: number): number {
  for (let at = from; ; at += 2) {
    at = text.indexOf('"', at);
    if (at < 0 || text[at + 1] !== '"') return at;
  }
}

function cellEnd(text: string, from: number, delimiters: string): number {
  if (delimiters.length === 1) {
    const end = text.indexOf(delimiters, from);
    return end < 0 ? text.length : end;
  }
  let at = from;
  while (at < text.length && !delimiters.includes(text[at] ?? '')) at += 1;
  return at;
}

/** The cells of a record, as far as they could be read. */
export interface CsvCells {
  readonly cells: string[];
  /** `open`: the text ends inside quotes. `malformed`: something stands between a closing quote and the delimiter. */
  readonly end: 'closed' | 'open' | 'malformed';
}

/**
 * Reads one record (RFC 4180): a cell that begins with a quote ends at the next single one, `""` inside stands for a
 * quote. A quote inside an unquoted cell is text (`12" pipe`), as spreadsheets write it.
 */
export function readCsvCells(text: string, delimiter: string): CsvCells {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] !== '"') {
      const end = text.indexOf(delimiter, at);
      cells.push(end === -1 ? text.slice(at) : text.slice(at, end));
      if (end === -1) return { cells, end: 'closed' };
      at = end + 1;
      continue;
    }
    const quoted = readQuoted(text, at + 1);
    if (quoted === undefined) return { cells, end: 'open' };
    if (quoted.next < text.length && text[quoted.next] !== delimiter) return { cells, end: 'malformed' };
    cells.push(quoted.value);
    if (quoted.next >= text.length) return { cells, end: 'closed' };
    at = quoted.next + 1;
  }
}

function readQuoted(text: string, start: number): { value: string; next: number } | undefined {
  let value = '';
  let at = start;
  for (;;) {
    const close = text.indexOf('"', at);
    if (close === -1) return undefined;
    value += text.slice(at, close);
    if (text[close + 1] !== '"') return { value, next: close + 1 };
    value += '"';
    at = close + 2;
  }
}

/**
 * Whether a quote opened on an earlier line is still open after this one.
 */
export function staysOpen(text: string, delimiter: string): boolean {
  const quoted = readQuoted(text, 0);
  if (quoted === undefined) return true;
  // After a malformed end the record is over, however it goes on.
  if (quoted.next >= text.length || text[quoted.next] !== delimiter) return false;
  return readCsvCells(text.slice(quoted.next + 1), delimiter).end === 'open';
}

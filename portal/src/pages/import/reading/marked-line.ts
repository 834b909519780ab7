import type { Delimiter } from './list-head.ts';

export interface MarkedLine {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/** Where in a line the chosen column stands; nothing is marked where that cannot be told at a glance. */
export function markedLine(
  line: string,
  list: { delimiter: Delimiter; column: number | undefined; columnCount: number },
): MarkedLine {
  const unmarked = { before: line, marked: '', after: '' };
  if (list.column === undefined) return unmarked;
  const cells = rawCells(line, list.delimiter);
  if (cells.length !== list.columnCount) return unmarked;
  const marked = cells[list.column - 1] ?? '';
  const start = cells.slice(0, list.column - 1).reduce((length, cell) => length + cell.length + 1, 0);
  return { before: line.slice(0, start), marked, after: line.slice(start + marked.length) };
}

/** The cells with their quotes. */
function rawCells(line: string, delimiter: Delimiter): string[] {
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === delimiter && !isQuoted) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  return [...cells, cell];
}

import { cleanCell, createCanonicaliser } from '../../identifiers/index.ts';
import type { ListOptions } from './reading-types.ts';

/** A cell that is quoted and closed, one that is quoted to the end of the line, or any other. */
const cellPattern =
  /(?<quoted>[ \u00a0]*(?<formula>=?)"(?<inner>(?:[^"]|"")*)"(?!")(?<tail>[^,;\t]*))|(?<open>[ \u00a0]*=?"(?:[^"]|"")*$)|(?<plain>[^,;\t]*)/y;

export interface NaiveReading {
  readonly outcomes: Map<number, string>;
  /** Customer to the first line that names it. */
  readonly memberLines: Map<number, number>;
}

/**
 * The five rules of api.md section 3 for a list without a column, said again as plainly as possible, over strings and
 * sets: what the real reader is compared with.
 */
export function readNaively(
  text: string,
  options: ListOptions,
  customersOf: (value: string) => readonly number[],
): NaiveReading {
  const physical = text.split(/\r\n|\n|\r/);
  if (physical.at(-1) === '') physical.pop();
  const seen = new Set<string>();
  const outcomes = new Map<number, string>();
  const memberLines = new Map<number, number>();
  for (const [index, line] of physical.entries()) {
    const { value, outcome } = judge(line, index + 1, options);
    if (value === undefined) {
      outcomes.set(index + 1, outcome);
    } else if (seen.has(value)) {
      outcomes.set(index + 1, 'duplicate');
    } else {
      seen.add(value);
      const customers = new Set(customersOf(value));
      outcomes.set(index + 1, ['unmatched', 'matched'][customers.size] ?? 'ambiguous');
      if (customers.size > 1 && options.multipleMatches === 'exclude') continue;
      for (const customer of customers) memberLines.set(customer, memberLines.get(customer) ?? index + 1);
    }
  }
  return { outcomes, memberLines };
}

function judge(line: string, lineNumber: number, options: ListOptions): { value?: string; outcome: string } {
  if (lineNumber === 1 && options.includesHeader) return { outcome: 'header' };
  const { cells, isOpen } = naiveCells(line);
  const [cell] = cells;
  if (cell === undefined) return { outcome: 'blank' };
  if (cells.length > 1) return { outcome: 'invalid/multipleValues' };
  if (isOpen) return { outcome: 'invalid/unclosedQuote' };
  if (/[\0\uFFFD]/.test(cell)) return { outcome: 'invalid/invalidFormat' };
  const { canonicalise } = createCanonicaliser(options.identifierType, { defaultCountry: options.defaultCountry });
  let canonical = canonicalise(cell);
  if (canonical.reason === 'leadingZerosLost' && options.repairs.length > 0) {
    canonical = canonicalise(cleanCell(cell).padStart(9, '0'));
  }
  if (canonical.reason !== undefined) return { outcome: `invalid/${canonical.reason}` };
  return { value: canonical.value, outcome: 'valid' };
}

/** The cells that are not empty. */
function naiveCells(line: string): { cells: string[]; isOpen: boolean } {
  const cells: string[] = [];
  for (let at = 0; at <= line.length; at += 1) {
    cellPattern.lastIndex = at;
    const [whole = '', groups] = cellOf(cellPattern.exec(line));
    const { formula, inner = '', tail = '', open } = groups;
    if (open !== undefined) return { cells: [...cells, open], isOpen: true };
    const isUnwrapped = formula === '' && tail.trim() === '';
    const cell = isUnwrapped ? inner.replaceAll('""', '"') : whole;
    if (cleanCell(cell) !== '') cells.push(cell);
    at += whole.length;
  }
  return { cells, isOpen: false };
}

function cellOf(match: RegExpExecArray | null): [string, Partial<Record<string, string>>] {
  return [match?.[0] ?? '', match?.groups ?? {}];
}

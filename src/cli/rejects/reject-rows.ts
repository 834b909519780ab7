import { CliError } from '../cli-error.ts';
import type { LineAnswer } from '../client/api-schemas.ts';
import type { ListLine } from './list-lines.ts';

/** A line of the list that became nobody, with what the server says of it. */
export interface RejectedRecord {
  readonly recordNumber: number;
  readonly outcome: string;
  readonly reason: string;
  /** As it stands in the file; several lines when a quoted cell holds line breaks. */
  readonly text: string;
}

/** A quote that is still open after so many lines is a stray one. */
const recordLinesMax = 100;

/**
 * Puts the server's line numbers and the local lines together. Both come in the order of the file; neither is held.
 *
 * @param options.quotedLineBreaks whether a record may go on in the next line (a list of several columns)
 * @throws CliError when the file has fewer lines than the server saw, or the server's numbers do not ascend
 */
export async function* rejectedRecords(
  lines: AsyncIterator<ListLine>,
  answers: AsyncIterable<LineAnswer>,
  options: { quotedLineBreaks: boolean },
): AsyncGenerator<RejectedRecord> {
  const reader = new LineReader(lines);
  let last = 0;
  for await (const { recordNumber, outcome, reason = '' } of answers) {
    if (recordNumber <= last)
      throw new CliError('the server answered the lines in another order than the file has them');
    last = recordNumber;
    const first = await reader.at(recordNumber);
    if (first === undefined) throw new CliError('the file has changed while it was imported: it has fewer lines now');
    const text = options.quotedLineBreaks && reason !== 'unclosedQuote' ? await wholeRecord(reader, first) : first.text;
    yield { recordNumber, outcome, reason, text };
  }
}

/** Adds lines while a quote is open. A stray quote stays alone with its line. */
async function wholeRecord(reader: LineReader, first: ListLine): Promise<string> {
  if (!hasOpenQuote(first.text)) return first.text;
  const parts = [first.text];
  for (let ahead = 1; ahead < recordLinesMax; ahead++) {
    const next = await reader.at(first.recordNumber + ahead);
    if (next === undefined) break;
    parts.push(next.text);
    if (!hasOpenQuote(parts.join('\n'))) return parts.join('\n');
  }
  return first.text;
}

/** Whether a quote opens that does not close. */
export function hasOpenQuote(text: string): boolean {
  return text.split('"').length % 2 === 0;
}

/** Reads forwards and remembers the few lines that a look ahead has read already. */
class LineReader {
  readonly #lines: AsyncIterator<ListLine>;
  readonly #ahead: ListLine[] = [];

  constructor(lines: AsyncIterator<ListLine>) {
    this.#lines = lines;
  }

  /** Line `recordNumber`; lines before it are forgotten unless a look ahead asked for a later one. */
  async at(recordNumber: number): Promise<ListLine | undefined> {
    const known = this.#ahead.find((line) => line.recordNumber === recordNumber);
    if (known !== undefined) return known;
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) return undefined;
      const line: ListLine = value;
      this.#remember(line);
      if (line.recordNumber === recordNumber) return line;
    }
  }

  #remember(line: ListLine): void {
    this.#ahead.push(line);
    if (this.#ahead.length > recordLinesMax) this.#ahead.shift();
  }
}

import { csvCell } from '../reading/csv-cell.ts';
import { WorkbookRefused } from './workbook-problem.ts';

/** Within what the server takes of a list; a few long texts, repeated, could make any amount of it. */
const charactersMax = 500_000_000;
/** Text is handed to the browser in pieces of this many characters, so that it need not stay in memory. */
const pieceCharacters = 1_048_576;

/**
 * Writes the rows of a sheet as CSV in which line N is row N: rows without anything stay blank lines, and a line break
 * inside a cell becomes a space.
 */
export class SheetText {
  readonly #pieces: Blob[] = [];
  #piece = '';
  #characters = 0;
  #lineCount = 0;
  /** Every record is as wide as the first one, so that columns show. */
  #columnCount = 0;

  get lineCount(): number {
    return this.#lineCount;
  }

  row(rowNumber: number, cells: readonly string[]): void {
    if (this.#columnCount === 0) this.#columnCount = cells.length;
    const missing = Math.max(0, this.#columnCount - cells.length);
    // Before they are joined: a row may repeat one long text thousands of times.
    this.#characters += cells.reduce((sum, cell) => sum + cell.length + 1, missing);
    if (this.#characters > charactersMax) throw new WorkbookRefused('workbookTooLarge');
    const record = cells.map((cell) => csvCell(cell.replace(/\r\n|[\r\n]/g, ' '))).join(',') + ','.repeat(missing);
    this.#add(`${'\n'.repeat(rowNumber - this.#lineCount - 1)}${record}\n`);
    this.#lineCount = rowNumber;
  }

  end(): Blob {
    this.#flush();
    return new Blob(this.#pieces, { type: 'text/csv' });
  }

  #add(text: string): void {
    this.#piece += text;
    if (this.#piece.length >= pieceCharacters) this.#flush();
  }

  #flush(): void {
    this.#pieces.push(new Blob([this.#piece]));
    this.#piece = '';
  }
}

import { endsInsideQuotes } from '../../../../../src/lib/list-text/cell-splitter.ts';
import { csvCell } from '../reading/csv-cell.ts';
import { type ListShape, RecordPicker } from '../reading/record-picker.ts';

/** A line that is wanted in the file, as the server names it. */
export interface WantedLine {
  readonly recordNumber: number;
  readonly outcome: string;
  readonly reason: string;
}

/** How the list was read, which decides how what is left of it is written. */
export interface RejectShape extends ListShape {
  readonly identifierType: string;
}

const ledgerColumns = ['recordNumber', 'outcome', 'reason'];
const lineEnd = '\r\n';

/**
 * Puts the server's line numbers and the lines of the local file together, piece by piece: the same file that `rollcall
 * import` writes. Of a list with columns the record keeps its own; the three of the ledger stand before them.
 *
 * @param wanted ascending by line number
 * @param write takes text of the file in order
 */
export class RejectWriter {
  readonly #shape: RejectShape;
  readonly #picker: RecordPicker<WantedLine>;

  constructor(shape: RejectShape, wanted: readonly WantedLine[], write: (text: string) => void) {
    this.#shape = shape;
    this.#picker = new RecordPicker(shape, wanted, {
      onFirst: ({ recordNumber, text, delimiter }) => {
        if (!shape.hasColumns) write([...ledgerColumns, shape.identifierType].join(',') + lineEnd);
        else if (shape.hasHeader && recordNumber === 1) write([...ledgerColumns, text].join(delimiter) + lineEnd);
      },
      onRecord: ({ recordNumber, outcome, reason }, text, delimiter) => {
        write([String(recordNumber), outcome, reason, this.#cellOf(text, delimiter)].join(delimiter) + lineEnd);
      },
    });
  }

  push(chunk: Uint8Array): void {
    this.#picker.push(chunk);
  }

  /** @returns how many lines the file has, and whether the wanted ones were all among them */
  end(): { lineCount: number; hasAll: boolean } {
    const { lineCount } = this.#picker.end();
    return { lineCount, hasAll: this.#picker.isDone };
  }

  #cellOf(text: string, delimiter: string): string {
    // A record stands as it is; an open quote would swallow the rows after it.
    if (this.#shape.hasColumns) return endsInsideQuotes(text, delimiter, false) ? csvCell(text) : text;
    // Delimiters around the value are none of it: in a cell of its own they would be.
    return csvCell(text.replace(/^[\s,;]+|[\s,;]+$/g, ''));
  }
}

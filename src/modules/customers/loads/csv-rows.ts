import { Problem } from '../../../lib/problem.ts';
import { type CsvColumns, readCsvHeader } from './csv-header.ts';
import { type CsvRecord, CsvRecords } from './csv-records.ts';
import { LineScanner } from './line-scanner.ts';
import { recordBytesMax } from './load-limits.ts';
import type { RawCell, RawRow, RowShape } from './row-shape.ts';

/** What a file may name: the fields of its shape, and what is passed over. */
export interface RowOptions {
  readonly shape: RowShape;
  readonly ignoreColumns: readonly string[];
}

/** Turns the bytes of a file into rows. */
export interface RowParser {
  /** @returns the rows that are whole with this piece */
  push(piece: Uint8Array): RawRow[];
  end(): RawRow[];
}

/** CSV with a header. @throws Problem (from `push` and `end`) when the header is refused */
export function createCsvRows(options: RowOptions): RowParser {
  let columns: CsvColumns | undefined;
  let rows: RawRow[] = [];
  const records = new CsvRecords((record) => rows.push(rowOf(record, columns)));
  const scanner = new LineScanner(
    {
      line(line) {
        if (columns !== undefined) {
          records.line(line);
          return;
        }
        // Blank lines before the header are none of it.
        if (line.text.trim() === '') return;
        columns = readCsvHeader(line.text, options.shape, options.ignoreColumns);
        records.delimiter = columns.delimiter;
        records.columnCount = columns.columnCount;
      },
      longLine(lineNumber) {
        if (columns === undefined) throw new Problem('unreadableList', { detail: 'The first line is no header.' });
        records.longLine(lineNumber);
      },
    },
    { lineBytesMax: recordBytesMax },
  );
  const taken = () => {
    const done = rows;
    rows = [];
    return done;
  };
  return {
    push(piece) {
      scanner.push(piece);
      return taken();
    },
    end() {
      scanner.end();
      records.end();
      if (columns === undefined) {
        throw new Problem('badRequest', { detail: 'The body is empty: a CSV file begins with a header.' });
      }
      return taken();
    },
  };
}

function rowOf(record: CsvRecord, columns: CsvColumns | undefined): RawRow {
  if (columns === undefined) throw new Error('a record stood before the header');
  const { lineNumber, cells } = record;
  const key = cells[columns.keyColumn] ?? null;
  const refusal = record.refusal ?? (cells.length === columns.columnCount ? undefined : 'columnCount');
  if (refusal !== undefined) return { lineNumber, key, cells: [], refusal };
  return { lineNumber, key, cells: columns.fieldColumns.map((column) => cellAt(cells, column)), refusal };
}

function cellAt(cells: readonly string[], column: number): RawCell {
  return column === -1 ? undefined : cells[column];
}

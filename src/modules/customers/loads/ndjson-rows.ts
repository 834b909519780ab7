import { Problem } from '../../../lib/problem.ts';
import type { RowOptions, RowParser } from './csv-rows.ts';
import { LineScanner, type ScannedLine } from './line-scanner.ts';
import { recordBytesMax } from './load-limits.ts';
import { columnNames, malformedCell, type RawCell, type RawRow, type RowField, type RowShape } from './row-shape.ts';

/** NDJSON: one object a line; blank lines are no rows. @throws Problem `badRequest` for an unknown member */
export function createNdjsonRows({ shape, ignoreColumns }: RowOptions): RowParser {
  const known: ReadonlySet<string> = new Set([...columnNames(shape), ...ignoreColumns]);
  const ignored: ReadonlySet<string> = new Set(ignoreColumns);
  let rows: RawRow[] = [];
  const scanner = new LineScanner(
    {
      line(line) {
        if (line.text.trim() !== '') rows.push(rowOf(line, shape, { known, ignored }));
      },
      longLine(lineNumber) {
        rows.push(refused(lineNumber, 'recordTooLong'));
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
      return taken();
    },
  };
}

function refused(lineNumber: number, refusal: RawRow['refusal'], key: RawCell = null): RawRow {
  return { lineNumber, key, cells: [], refusal };
}

function rowOf(
  line: ScannedLine,
  shape: RowShape,
  { known, ignored }: { known: ReadonlySet<string>; ignored: ReadonlySet<string> },
): RawRow {
  const { lineNumber } = line;
  const members = parseObject(line.text);
  if (members === undefined) return refused(lineNumber, 'invalidJson');
  if ([...members.keys()].some((name) => !known.has(name))) throw unknownMember(lineNumber, shape);
  const key = textOf(members.get(shape.keyField) ?? null);
  if (!line.isUtf8) return refused(lineNumber, 'invalidEncoding', key);
  const cells = shape.fields.map((field) =>
    ignored.has(field.name) ? undefined : cellOf(field, members.get(field.name)),
  );
  return { lineNumber, key, cells, refusal: undefined };
}

function parseObject(text: string): Map<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return new Map(Object.entries(value));
  } catch {
    return undefined;
  }
}

function cellOf({ form }: RowField, value: unknown): RawCell {
  if (value === undefined || value === null) return value;
  if ((form === 'number' || form === 'boolean') && typeof value === form) return String(value);
  if (form === 'list') return listOf(value);
  return textOf(value);
}

function textOf(value: unknown): RawCell {
  return typeof value === 'string' || value === null ? value : malformedCell;
}

function listOf(value: unknown): RawCell {
  if (!Array.isArray(value)) return malformedCell;
  const texts = value.filter((part) => typeof part === 'string');
  return texts.length === value.length ? texts : malformedCell;
}

function unknownMember(lineNumber: number, shape: RowShape): Problem {
  return new Problem('badRequest', {
    detail: `Line ${lineNumber} has an unknown name; attributes.allowed lists the allowed ones. Name members to pass over in ignoreColumns.`,
    attributes: { in: 'body', recordNumbers: [lineNumber], more: false, allowed: [...columnNames(shape)] },
  });
}

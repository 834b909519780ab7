/** What NDJSON may have for a field besides text: a JSON number, `true` or `false`, a list of texts. */
export type FieldForm = 'text' | 'number' | 'boolean' | 'list';

export interface RowField {
  readonly name: string;
  readonly form: FieldForm;
}

/** What a file of one kind of load may say: columns of CSV, members of NDJSON. */
export interface RowShape {
  /** The one that every row must have. */
  readonly keyField: string;
  readonly fields: readonly RowField[];
}

/** Every name that a file may use. */
export function columnNames({ keyField, fields }: RowShape): readonly string[] {
  return [keyField, ...fields.map(({ name }) => name)];
}

/** Why a row is refused; its line number stands in the ledger under field ''. */
export const rowReasons = [
  'missingKey',
  'invalidKey',
  'duplicateKey',
  'columnCount',
  'unclosedQuote',
  'malformedQuote',
  'invalidEncoding',
  'invalidJson',
  'recordTooLong',
  // Of accounts, which belong to somebody of the base.
  'missingOwner',
  'tooManyOwners',
  'unknownCustomer',
] as const;

export type RowReason = (typeof rowReasons)[number];

/** A cell of a form that no rule of its field could read: in NDJSON a number or an object where text belongs. */
export const malformedCell = Symbol('malformed cell');

/** `undefined`: the column is absent (keep what is stored). `null`: clear. */
export type RawCell = string | readonly string[] | typeof malformedCell | null | undefined;

/** A row as it stands in the file. */
export interface RawRow {
  /** 1-based physical line of the record's first line. */
  readonly lineNumber: number;
  readonly key: RawCell;
  /** In the order of the shape's fields; empty when the row is refused. */
  readonly cells: readonly RawCell[];
  readonly refusal: RowReason | undefined;
}

/** The fields of a row besides its key, `coreCustomerId`: columns of CSV, members of NDJSON. */
export const loadFields = [
  'customerType',
  'givenName',
  'familyName',
  'businessName',
  'emailAddress',
  'phoneNumber',
  'regionCode',
  'postalCode',
  'birthYear',
  'customerSince',
  'taxIdNumber',
  'username',
  'accountNumbers',
] as const;

export type LoadField = (typeof loadFields)[number];

export const keyField = 'coreCustomerId';
/** Every name that a file may use. */
export const loadColumns = [keyField, ...loadFields] as const;

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
  /** In the order of `loadFields`; empty when the row is refused. */
  readonly cells: readonly RawCell[];
  readonly refusal: RowReason | undefined;
}

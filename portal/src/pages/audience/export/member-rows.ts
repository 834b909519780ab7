import type { Schemas } from '../../../api/client.ts';

export type Customer = Schemas['customer'];
export const formats = ['csv', 'jsonl'] as const;
export type Format = (typeof formats)[number];

/** The columns and their order are those of the API's own CSV. */
const maskedColumns = [
  'id',
  'coreCustomerId',
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
] as const satisfies readonly (keyof Customer)[];

/** What a masked page lacks has no column: an empty cell would mean "clear it" to whoever loads the file. */
const revealedColumns = [
  ...maskedColumns,
  'taxIdNumber',
  'accountNumbers',
] as const satisfies readonly (keyof Customer)[];

export interface RowOptions {
  readonly format: Format;
  readonly revealed: boolean;
  /** Whether cells that a spreadsheet would run as a formula get an apostrophe. */
  readonly forSpreadsheet: boolean;
}

/** Members as text, one line each; CSV (RFC 4180) begins with the names of its columns. */
export function createRowWriter({ format, revealed, forSpreadsheet }: RowOptions) {
  const columns = revealed ? revealedColumns : maskedColumns;
  let changedCount = 0;
  const cellOf = (customer: Customer, column: keyof Customer): string => {
    const value = textOf(customer[column]);
    if (!forSpreadsheet || !isFormula(value)) return csvCell(value);
    changedCount += 1;
    return csvCell(`'${value}`);
  };
  return {
    head: format === 'csv' ? `${columns.join(',')}\r\n` : '',
    rows: (customers: readonly Customer[]): string =>
      format === 'csv'
        ? customers.map((customer) => `${columns.map((column) => cellOf(customer, column)).join(',')}\r\n`).join('')
        : customers.map((customer) => `${JSON.stringify(customer)}\n`).join(''),
    /** How many cells are not as the server told them. */
    changedCount: () => changedCount,
  };
}

function textOf(value: string | number | readonly string[] | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? value.join('|') : String(value);
}

/** A cell that begins so is run, not shown (CWE-1236). A telephone number only looks like one: its sum is itself. */
function isFormula(cell: string): boolean {
  return /^[=+\-@\t\r]/.test(cell) && !/^\+\d+$/.test(cell);
}

function csvCell(cell: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** `Spring mailing` of version 2 -> `spring-mailing-v2.csv`: no file system refuses it. */
export function exportFileName({ name, version, format }: { name: string; version: number; format: Format }): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return `${plain === '' ? 'audience' : plain}-v${version}.${format}`;
}

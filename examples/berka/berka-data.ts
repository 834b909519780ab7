import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

type Row = Readonly<Record<string, string>>;

/** Columns of the customer file; `products` is no column of a customer load: name it in `ignoreColumns`. */
const columns = ['coreCustomerId', 'customerType', 'regionCode', 'birthYear', 'accountNumbers', 'products'] as const;

/** Whether the folder has the data set. */
export function hasBerkaData(folder: string): boolean {
  return existsSync(join(folder, 'client.asc'));
}

/**
 * The clients of the data set as our customer CSV: customer = client, account numbers from the dispositions, birth
 * year from the birth number, region from the district, products from cards and loans. The data has no names.
 */
export function berkaCustomersCsv(folder: string): string {
  const regions = new Map(readTable(folder, 'district').map((row) => [cell(row, 'A1'), cell(row, 'A3')]));
  const dispositions = Map.groupBy(readTable(folder, 'disp'), (row) => cell(row, 'client_id'));
  const cards = Map.groupBy(readTable(folder, 'card'), (row) => cell(row, 'disp_id'));
  const loans = Map.groupBy(readTable(folder, 'loan'), (row) => cell(row, 'account_id'));
  const rows = readTable(folder, 'client').map((client) => {
    const id = cell(client, 'client_id');
    const own = dispositions.get(id) ?? [];
    const products = own.flatMap((disposition) => [
      ...(cards.get(cell(disposition, 'disp_id')) ?? []).map((card) => `card-${cell(card, 'type')}`),
      ...(loans.get(cell(disposition, 'account_id')) ?? []).map((loan) => `loan-${cell(loan, 'status')}`),
    ]);
    return [
      id,
      'retail',
      regions.get(cell(client, 'district_id')) ?? '',
      birthYear(cell(client, 'birth_number')),
      own.map((disposition) => cell(disposition, 'account_id')).join('|'),
      products.join('|'),
    ].join(',');
  });
  return `${[columns.join(','), ...rows].join('\n')}\n`;
}

/** Every account id, one a line: the list to import. */
export function berkaAccountList(folder: string): string {
  return `${readTable(folder, 'account')
    .map((row) => cell(row, 'account_id'))
    .join('\n')}\n`;
}

/** Semicolon separated, quoted text, a header line. */
function readTable(folder: string, name: string): readonly Row[] {
  return parse<Row>(readFileSync(join(folder, `${name}.asc`)), { delimiter: ';', columns: true });
}

function cell(row: Row, name: string): string {
  const value = row[name];
  if (value === undefined) throw new Error(`the data set has no column ${name}`);
  return value;
}

/** `YYMMDD`, for women the month + 50; all of the last century. */
function birthYear(birthNumber: string): string {
  if (!/^\d{6}$/.test(birthNumber)) throw new Error('a birth number is not of the form YYMMDD');
  return `19${birthNumber.slice(0, 2)}`;
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

type Row = Readonly<Record<string, string>>;

/** Columns of the customer file; `gender` is an attribute that the institution defines first (see the README). */
const columns = ['coreCustomerId', 'customerType', 'regionCode', 'birthYear', 'accountNumbers', 'gender'] as const;
const accountColumns = ['accountId', 'coreCustomerIds', 'productType', 'balance', 'openedOn', 'closedOn'] as const;

/** Whether the folder has the data set. */
export function hasBerkaData(folder: string): boolean {
  return existsSync(join(folder, 'client.asc'));
}

/**
 * The clients of the data set as our customer CSV: customer = client, account numbers from the dispositions, birth
 * year and gender from the birth number, region from the district. The data has no names.
 */
export function berkaCustomersCsv(folder: string): string {
  const regions = new Map(readTable(folder, 'district').map((row) => [cell(row, 'A1'), cell(row, 'A3')]));
  const dispositions = Map.groupBy(readTable(folder, 'disp'), (row) => cell(row, 'client_id'));
  const rows = readTable(folder, 'client').map((client) => {
    const id = cell(client, 'client_id');
    const own = dispositions.get(id) ?? [];
    const { year, gender } = readBirthNumber(cell(client, 'birth_number'));
    const accounts = own.map((disposition) => cell(disposition, 'account_id')).join('|');
    return [id, 'retail', regions.get(cell(client, 'district_id')) ?? '', year, accounts, gender].join(',');
  });
  return csvOf(columns, rows);
}

/**
 * The accounts, loans and cards of the data set as our account CSV. An account belongs to everybody who may use it, a
 * loan to the owner of its account, a card to whom it was issued. Balances of accounts are not in the data.
 */
export function berkaAccountsCsv(folder: string): string {
  const dispositions = readTable(folder, 'disp');
  const byAccount = Map.groupBy(dispositions, (row) => cell(row, 'account_id'));
  const clientOf = new Map(dispositions.map((row) => [cell(row, 'disp_id'), cell(row, 'client_id')]));
  const clientsOf = (account: string, isOwner = (_type: string) => true) =>
    (byAccount.get(account) ?? []).filter((row) => isOwner(cell(row, 'type'))).map((row) => cell(row, 'client_id'));
  const accounts = readTable(folder, 'account').map((account) => {
    const id = cell(account, 'account_id');
    return [id, clientsOf(id).join('|'), 'checking', '', dateOf(cell(account, 'date')), ''].join(',');
  });
  const loans = readTable(folder, 'loan').map((loan) => {
    const owners = clientsOf(cell(loan, 'account_id'), (type) => type === 'OWNER').join('|');
    const begun = dateOf(cell(loan, 'date'));
    // A and B are finished, C and D run.
    const ended = /[AB]/.test(cell(loan, 'status')) ? monthsLater(begun, Number(cell(loan, 'duration'))) : '';
    return [`LOAN${cell(loan, 'loan_id')}`, owners, 'loan', `${cell(loan, 'amount')}.00`, begun, ended].join(',');
  });
  const cards = readTable(folder, 'card').map((card) => {
    const holder = clientOf.get(cell(card, 'disp_id')) ?? '';
    const issued = dateOf(cell(card, 'issued').slice(0, 6));
    return [`CARD${cell(card, 'card_id')}`, holder, 'creditCard', '', issued, ''].join(',');
  });
  return csvOf(accountColumns, [...accounts, ...loans, ...cards]);
}

function csvOf(header: readonly string[], rows: readonly string[]): string {
  return `${[header.join(','), ...rows].join('\n')}\n`;
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
function readBirthNumber(birthNumber: string): { year: string; gender: 'female' | 'male' } {
  if (!/^\d{6}$/.test(birthNumber)) throw new Error('a birth number is not of the form YYMMDD');
  return { year: `19${birthNumber.slice(0, 2)}`, gender: Number(birthNumber.slice(2, 4)) > 50 ? 'female' : 'male' };
}

/** `YYMMDD` of the last century. */
function dateOf(text: string): string {
  return `19${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4, 6)}`;
}

/** At most the 28th, a day that every month has. */
function monthsLater(date: string, count: number): string {
  const months = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + count;
  const day = Math.min(28, Number(date.slice(8)));
  return [Math.floor(months / 12), (months % 12) + 1, day].map((part) => String(part).padStart(2, '0')).join('-');
}

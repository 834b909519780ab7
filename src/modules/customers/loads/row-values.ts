import { type Canonicaliser, cleanCell, createCanonicaliser, type RefusalReason } from '../../identifiers/index.ts';
import { accountNumbersMax, type CustomerType, codeMax, emailAddressMax, nameMax } from '../customer-schemas.ts';
import { type LoadField, loadFields } from './load-fields.ts';
import { malformedCell, type RawCell } from './row-shape.ts';

/** A customer's fields, canonical; `null` = no value. */
export interface CustomerValues {
  readonly customerType: CustomerType;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly businessName: string | null;
  readonly emailAddress: string | null;
  readonly phoneNumber: string | null;
  readonly regionCode: string | null;
  readonly postalCode: string | null;
  readonly birthYear: number | null;
  readonly customerSince: string | null;
  readonly taxIdNumber: string | null;
  readonly username: string | null;
  readonly accountNumbers: readonly string[];
}

/** Why a cell was not taken; the row stands without it. */
export type CellReason = RefusalReason | 'tooLong' | 'tooManyValues';

/** Told of each cell that is not taken. */
export type CellReport = (field: LoadField, reason: CellReason) => void;

const birthYearMin = 1800;
const birthYearMax = 2999;
const accountsTextMax = accountNumbersMax * 34;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

type Refused = { readonly refused: CellReason };

/** Reads the cells of rows by the rules of their fields. */
export class RowReader {
  readonly #taxId: Canonicaliser;
  readonly #email: Canonicaliser;
  readonly #phone: Canonicaliser;
  readonly #username: Canonicaliser;
  readonly #account: Canonicaliser;
  readonly #key: Canonicaliser;

  constructor(options: { defaultCountry?: string }) {
    this.#taxId = createCanonicaliser('taxIdNumber', options);
    this.#email = createCanonicaliser('emailAddress', options);
    this.#phone = createCanonicaliser('phoneNumber', options);
    this.#username = createCanonicaliser('username', options);
    this.#account = createCanonicaliser('accountNumber', options);
    this.#key = createCanonicaliser('coreCustomerId', options);
  }

  /** The key of a row, or why it has none. */
  readKey(cell: RawCell): { key: string } | { reason: 'missingKey' | 'invalidKey' } {
    if (cell === null || cell === undefined) return { reason: 'missingKey' };
    if (typeof cell !== 'string' || !cell.isWellFormed()) return { reason: 'invalidKey' };
    const text = cleanCell(cell);
    if (text === '') return { reason: 'missingKey' };
    const canonical = this.#key.canonicalise(text);
    return canonical.value === undefined ? { reason: 'invalidKey' } : { key: canonical.value };
  }

  /**
   * The values of a row. An absent cell keeps what `stored` has; one that is refused is told to `report` and is empty
   * from then on: what the file no longer says must not be matched any more.
   *
   * @param cells in the order of `loadFields`
   */
  readValues(cells: readonly RawCell[], stored: CustomerValues | undefined, report: CellReport): CustomerValues {
    const take = <Value>(
      index: number,
      kept: Value | undefined,
      read: (text: string) => Value | Refused | null,
    ): Value | null => {
      const cell = cells[index];
      if (cell === undefined) return kept ?? null;
      if (cell === null) return null;
      const value = typeof cell === 'string' ? readText(cell, read) : invalidFormat;
      if (!isRefused(value)) return value;
      const field = loadFields[index];
      if (field !== undefined) report(field, value.refused);
      return null;
    };
    const customerType = take(0, stored?.customerType, readCustomerType);
    const givenName = take(1, stored?.givenName, readName);
    const familyName = take(2, stored?.familyName, readName);
    const businessName = take(3, stored?.businessName, readName);
    const isBusiness = businessName !== null && givenName === null && familyName === null;
    return {
      customerType: customerType ?? (isBusiness ? 'business' : 'retail'),
      givenName,
      familyName,
      businessName,
      emailAddress: take(4, stored?.emailAddress, (text) => bounded(readIdentifier(this.#email, text))),
      phoneNumber: take(5, stored?.phoneNumber, (text) => readIdentifier(this.#phone, text)),
      regionCode: take(6, stored?.regionCode, readCode),
      postalCode: take(7, stored?.postalCode, readCode),
      birthYear: take(8, stored?.birthYear, readBirthYear),
      customerSince: take(9, stored?.customerSince, readDate),
      taxIdNumber: take(10, stored?.taxIdNumber, (text) => readIdentifier(this.#taxId, text)),
      username: take(11, stored?.username, (text) => readIdentifier(this.#username, text)),
      accountNumbers: this.#readAccounts(cells[12], stored, report),
    };
  }

  #readAccounts(cell: RawCell, stored: CustomerValues | undefined, report: CellReport): readonly string[] {
    if (cell === undefined) return stored?.accountNumbers ?? [];
    if (cell === null) return [];
    const field = 'accountNumbers';
    if (cell === malformedCell) {
      report(field, 'invalidFormat');
      return [];
    }
    if (typeof cell === 'string' && cell.length > accountsTextMax) {
      report(field, 'tooLong');
      return [];
    }
    const numbers = new Set<string>();
    for (const part of typeof cell === 'string' ? cell.split('|') : cell) {
      const text = part.isWellFormed() ? cleanCell(part) : part;
      if (text === '') continue;
      const number = readIdentifier(this.#account, text);
      if (isRefused(number)) report(field, number.refused);
      else if (number !== null) numbers.add(number);
    }
    if (numbers.size <= accountNumbersMax) return [...numbers];
    report(field, 'tooManyValues');
    return [];
  }
}

const invalidFormat: Refused = { refused: 'invalidFormat' };
const tooLong: Refused = { refused: 'tooLong' };

function isRefused(value: unknown): value is Refused {
  return typeof value === 'object' && value !== null && 'refused' in value;
}

/** White space only is an empty cell: it clears. */
function readText<Value>(cell: string, read: (text: string) => Value | Refused | null): Value | Refused | null {
  if (cell === '') return null;
  if (!cell.isWellFormed()) return invalidFormat;
  const text = cell.trim();
  return text === '' ? null : read(text);
}

function readIdentifier(canonicaliser: Canonicaliser, cell: string): string | Refused | null {
  if (!cell.isWellFormed()) return invalidFormat;
  const text = cleanCell(cell);
  // `=""` is how a spreadsheet writes an empty cell.
  if (text === '') return null;
  const canonical = canonicaliser.canonicalise(text);
  return canonical.value ?? { refused: canonical.reason };
}

function bounded(address: string | Refused | null): string | Refused | null {
  return typeof address === 'string' && address.length > emailAddressMax ? tooLong : address;
}

function readCustomerType(text: string): CustomerType | Refused {
  return text === 'retail' || text === 'business' ? text : invalidFormat;
}

function readName(text: string): string | Refused {
  return readPlain(text, nameMax);
}

function readCode(text: string): string | Refused {
  return readPlain(text, codeMax);
}

function readPlain(text: string, charactersMax: number): string | Refused {
  if (text.length > charactersMax) return tooLong;
  return controlCharacter.test(text) ? invalidFormat : text;
}

function readBirthYear(text: string): number | Refused {
  if (!/^\d{4}$/.test(text)) return invalidFormat;
  const year = Number(text);
  return year < birthYearMin || year > birthYearMax ? { refused: 'impossibleValue' } : year;
}

function readDate(text: string): string | Refused {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return invalidFormat;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  // Year 0 is none to PostgreSQL.
  const isPossible = year > 0 && month > 0 && month <= 12 && day > 0 && day <= daysOf(year, month);
  return isPossible ? text : { refused: 'impossibleValue' };
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

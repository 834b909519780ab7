import type { AttributeValue } from '../../../db/tables.ts';
import { type Canonicaliser, cleanCell, createCanonicaliser } from '../../identifiers/index.ts';
import {
  accountNumbersMax,
  branchMax,
  type CustomerType,
  codeMax,
  emailAddressMax,
  nameMax,
} from '../customer-schemas.ts';
import { type AttributeRule, readAttribute } from './attribute-values.ts';
import {
  type CellReason,
  invalidFormat,
  isRefused,
  type Refused,
  readBirthYear,
  readBoolean,
  readDate,
  readPlain,
  readText,
  readTimestamp,
  tooLong,
} from './cell-values.ts';
import { readKeyCell } from './key-cell.ts';
import { loadFields } from './load-fields.ts';
import { malformedCell, type RawCell } from './row-shape.ts';

/** A customer's fields, canonical; `null` = no value. */
export interface CustomerValues extends ClearValues {
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly businessName: string | null;
  readonly emailAddress: string | null;
  readonly phoneNumber: string | null;
  readonly taxIdNumber: string | null;
  readonly username: string | null;
  readonly accountNumbers: readonly string[];
}

/** What rests in clear of a customer; `null` = no value, or not known. */
export interface ClearValues {
  readonly customerType: CustomerType;
  readonly regionCode: string | null;
  readonly postalCode: string | null;
  readonly birthYear: number | null;
  readonly customerSince: string | null;
  readonly branch: string | null;
  /** Milliseconds since 1970. */
  readonly lastLoginAt: number | null;
  readonly onlineBankingEnrolled: boolean | null;
  readonly electronicStatements: boolean | null;
  readonly consentEmail: boolean | null;
  readonly consentSms: boolean | null;
  readonly consentPhone: boolean | null;
  readonly consentMail: boolean | null;
  /** By the id of the attribute, in the order of the ids. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** Told of each cell that is not taken. */
export type CellReport = (field: string, reason: CellReason) => void;

const accountsTextMax = accountNumbersMax * 34;

/** Reads the cells of rows by the rules of their fields. */
export class RowReader {
  readonly #taxId: Canonicaliser;
  readonly #email: Canonicaliser;
  readonly #phone: Canonicaliser;
  readonly #username: Canonicaliser;
  readonly #account: Canonicaliser;
  readonly #key: Canonicaliser;

  readonly #attributes: readonly AttributeRule[];

  constructor(options: { defaultCountry?: string; attributes: readonly AttributeRule[] }) {
    this.#attributes = options.attributes;
    this.#taxId = createCanonicaliser('taxIdNumber', options);
    this.#email = createCanonicaliser('emailAddress', options);
    this.#phone = createCanonicaliser('phoneNumber', options);
    this.#username = createCanonicaliser('username', options);
    this.#account = createCanonicaliser('accountNumber', options);
    this.#key = createCanonicaliser('coreCustomerId', options);
  }

  readKey(cell: RawCell): { key: string } | { reason: 'missingKey' | 'invalidKey' } {
    return readKeyCell(this.#key, cell);
  }

  /**
   * The values of a row. An absent cell keeps what `stored` has; one that is refused is told to `report` and is empty
   * from then on: what the file no longer says must not be matched any more.
   *
   * @param cells in the order of `loadFields`, then of the attributes
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
      report(this.#fieldAt(index), value.refused);
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
      branch: take(13, stored?.branch, readBranch),
      lastLoginAt: take(14, stored?.lastLoginAt, readTimestamp),
      onlineBankingEnrolled: take(15, stored?.onlineBankingEnrolled, readBoolean),
      electronicStatements: take(16, stored?.electronicStatements, readBoolean),
      consentEmail: take(17, stored?.consentEmail, readBoolean),
      consentSms: take(18, stored?.consentSms, readBoolean),
      consentPhone: take(19, stored?.consentPhone, readBoolean),
      consentMail: take(20, stored?.consentMail, readBoolean),
      attributes: Object.fromEntries(
        this.#attributes.flatMap((rule, index) => {
          const at = loadFields.length + index;
          const value = take(at, stored?.attributes[rule.id], (text) => readAttribute(rule, text));
          return value === null ? [] : [[rule.id, value] as const];
        }),
      ),
    };
  }

  #fieldAt(index: number): string {
    return loadFields[index] ?? this.#attributes[index - loadFields.length]?.name ?? '';
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

function readBranch(text: string): string | Refused {
  return readPlain(text, branchMax);
}

function readCode(text: string): string | Refused {
  return readPlain(text, codeMax);
}

import { type Canonicaliser, cleanCell, createCanonicaliser } from '../../identifiers/index.ts';
import {
  type CellReason,
  invalidFormat,
  isRefused,
  type Refused,
  readAmount,
  readDate,
  readText,
  tooLong,
} from '../loads/cell-values.ts';
import { readKeyCell } from '../loads/key-cell.ts';
import { malformedCell, type RawCell, type RowReason } from '../loads/row-shape.ts';
import { type AccountField, accountFields, ownersMax } from './account-fields.ts';
import { type ProductType, productTypes } from './product-types.ts';

/** An account as its row says; `null` = no value, or the row does not say (then its bit of `given` is 0). */
export interface AccountValues {
  readonly given: number;
  /** Core customer ids, each once; undefined where the row does not say. */
  readonly owners: readonly string[] | undefined;
  readonly productType: ProductType | null;
  /** Cents. */
  readonly balance: number | null;
  readonly openedOn: string | null;
  readonly closedOn: string | null;
}

export type AccountCellReport = (field: AccountField, reason: CellReason) => void;

/** 64 characters each, and what separates them. */
const ownersTextMax = ownersMax * 4 * 65;

/** Reads the cells of accounts by the rules of their fields. */
export class AccountReader {
  readonly #account: Canonicaliser = createCanonicaliser('accountNumber', {});
  readonly #owner: Canonicaliser = createCanonicaliser('coreCustomerId', {});

  readKey(cell: RawCell): { key: string } | { reason: RowReason } {
    return readKeyCell(this.#account, cell);
  }

  /**
   * The values of a row, or why it cannot stand: an account belongs to somebody.
   *
   * @param cells in the order of `accountFields`
   */
  readValues(cells: readonly RawCell[], report: AccountCellReport): AccountValues | { reason: RowReason } {
    const take = <Value>(index: number, read: (text: string) => Value | Refused | null): Value | null => {
      const cell = cells[index];
      if (cell === undefined || cell === null) return null;
      const value = typeof cell === 'string' ? readText(cell, read) : invalidFormat;
      if (!isRefused(value)) return value;
      const field = accountFields[index];
      if (field !== undefined) report(field, value.refused);
      return null;
    };
    const owners = cells[0] === undefined ? undefined : this.#readOwners(cells[0], report);
    if (owners !== undefined && 'reason' in owners) return owners;
    return {
      given: cells.reduce<number>((mask, cell, index) => (cell === undefined ? mask : mask | (1 << index)), 0),
      owners,
      productType: take(1, readProductType),
      balance: take(2, readAmount),
      openedOn: take(3, readDate),
      closedOn: take(4, readDate),
    };
  }

  #readOwners(cell: RawCell, report: AccountCellReport): readonly string[] | { reason: RowReason } {
    if (cell === malformedCell) report('coreCustomerIds', 'invalidFormat');
    if (cell === null || cell === undefined || cell === malformedCell) return { reason: 'missingOwner' };
    if (typeof cell === 'string' && cell.length > ownersTextMax) return { reason: 'tooManyOwners' };
    const owners = new Set<string>();
    for (const part of typeof cell === 'string' ? cell.split('|') : cell) {
      const text = part.isWellFormed() ? cleanCell(part) : part;
      if (text === '') continue;
      const owner = part.isWellFormed() ? this.#owner.canonicalise(text) : malformed;
      if (owner.value === undefined) report('coreCustomerIds', owner.reason);
      else owners.add(owner.value);
    }
    if (owners.size > ownersMax) return { reason: 'tooManyOwners' };
    return owners.size === 0 ? { reason: 'missingOwner' } : [...owners];
  }
}

const malformed = { value: undefined, reason: 'invalidFormat' } as const;

function readProductType(text: string): ProductType | Refused {
  return productTypes.find((type) => type === text) ?? (text.length > 40 ? tooLong : { refused: 'unknownChoice' });
}

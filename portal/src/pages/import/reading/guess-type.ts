import { cleanCell } from '../../../../../src/lib/list-text/clean-cell.ts';
import { createTaxIdCanonicaliser } from '../../../../../src/lib/list-text/tax-id-number.ts';
import { isScientificNotation } from '../../../../../src/lib/list-text/text-rules.ts';
import { type IdentifierType, identifierTypes } from './identifier-types.ts';

/** What the values of a column seem to be, and on what ground; `text.ts` says it in words. */
export interface TypeGuess {
  readonly type: IdentifierType;
  readonly because: 'columnName' | 'form' | 'nothingElse';
  /** How many of the values that were looked at have the form of the type. */
  readonly fitting: number;
  readonly of: number;
}

export interface ValueDamage {
  /** 7 or 8 digits where tax ids have 9: a spreadsheet took the zeros in front. */
  readonly lostZeros: number;
  /** 1.23457E+08: a spreadsheet rounded the number. */
  readonly scientific: number;
}

const taxId = createTaxIdCanonicaliser();

/** The form of each type, as people write it; the first that fits a value counts. */
const forms: readonly { readonly type: IdentifierType; readonly fits: (value: string) => boolean }[] = [
  { type: 'emailAddress', fits: (value) => /^[^@\s]+@[^@\s]+$/.test(value) },
  { type: 'customerId', fits: (value) => /^[0-9a-f]{20}$/.test(value) },
  { type: 'taxIdNumber', fits: (value) => taxId.canonicalise(value).value !== undefined },
  { type: 'phoneNumber', fits: isPhoneNumber },
  { type: 'coreCustomerId', fits: (value) => /^[A-Za-z]{1,4}[-_.]?\d{3,}$/.test(value) },
  { type: 'accountNumber', fits: (value) => /^(?=(?:\D*\d){6})[A-Z\d][A-Z\d .-]{5,40}$/.test(value) && !isDay(value) },
  { type: 'username', fits: (value) => /^(?=.*[a-z])[\w.+-]{2,64}$/i.test(value) },
];

/** What a header says of its column. */
const names: readonly { readonly type: IdentifierType; readonly pattern: RegExp }[] = [
  { type: 'taxIdNumber', pattern: /\b(?:tax|ssn|ein|itin|tin|social)/ },
  { type: 'emailAddress', pattern: /mail/ },
  { type: 'phoneNumber', pattern: /phone|mobile|\bcell\b|\btel\b/ },
  { type: 'accountNumber', pattern: /\bacc(?:oun)?t/ },
  { type: 'username', pattern: /user ?name|login|\buser\b/ },
  { type: 'coreCustomerId', pattern: /\bcore\b|\bcif\b|(?:customer|member|client) ?(?:id|no|num|key)/ },
];

const clearlyFits = 0.5;

/**
 * Guesses what the values of a column are.
 *
 * @param values cells as they stand in the file; blank ones are left out
 * @param name of the column, where the file has a header
 * @returns undefined when there is no value
 */
export function guessType(values: readonly string[], name = ''): TypeGuess | undefined {
  const cells = values.map(cleanCell).filter((cell) => cell !== '');
  if (cells.length === 0) return undefined;
  const counts = countForms(cells);
  const fittingOf = (type: IdentifierType) => counts.get(type) ?? 0;
  const named = typeOfName(name);
  if (named !== undefined && couldBe(named, cells, fittingOf(named))) {
    return { type: named, because: 'columnName', fitting: fittingOf(named), of: cells.length };
  }
  if (areSpoiledTaxIds(cells, fittingOf('taxIdNumber'))) {
    return { type: 'taxIdNumber', because: 'form', fitting: fittingOf('taxIdNumber'), of: cells.length };
  }
  const [best = 'accountNumber'] = identifierTypes.toSorted((a, b) => fittingOf(b) - fittingOf(a));
  const fitting = fittingOf(best);
  if (fitting >= cells.length * clearlyFits) return { type: best, because: 'form', fitting, of: cells.length };
  const hasDigits = cells.filter((cell) => /\d/.test(cell)).length >= cells.length * clearlyFits;
  const type = hasDigits ? 'accountNumber' : 'username';
  return { type, because: 'nothingElse', fitting: fittingOf(type), of: cells.length };
}

/** What a spreadsheet did to the values, as far as it shows. */
export function damageOf(values: readonly string[]): ValueDamage {
  const cells = values.map(cleanCell);
  return {
    lostZeros: cells.filter((cell) => taxId.canonicalise(cell).reason === 'leadingZerosLost').length,
    scientific: cells.filter(isScientificNotation).length,
  };
}

/** The type that the name of a column speaks of. */
export function typeOfName(name: string): IdentifierType | undefined {
  // customerId, customer_id and Customer ID are one.
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase();
  return names.find(({ pattern }) => pattern.test(words))?.type;
}

function countForms(cells: readonly string[]): Map<IdentifierType, number> {
  const counts = new Map<IdentifierType, number>();
  for (const cell of cells) {
    const type = forms.find(({ fits }) => fits(cell))?.type;
    if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}

/**
 * Numbers of 7 and 8 digits may well be accounts. Beside whole tax ids, or rounded ones, they are tax ids that a
 * spreadsheet spoiled.
 */
function areSpoiledTaxIds(cells: readonly string[], whole: number): boolean {
  const { lostZeros, scientific } = damageOf(cells);
  return lostZeros > 0 && whole + scientific > 0 && lostZeros + scientific + whole >= cells.length * clearlyFits;
}

/** A name alone is believed of ids that have no form of their own; of the others some value must look like it. */
function couldBe(type: IdentifierType, cells: readonly string[], fitting: number): boolean {
  if (type === 'taxIdNumber') {
    const { lostZeros, scientific } = damageOf(cells);
    return fitting + lostZeros + scientific > 0;
  }
  if (type === 'emailAddress') return fitting > 0;
  if (type === 'phoneNumber') return cells.some((cell) => /^\+?[\d\s().-]{7,}$/.test(cell));
  if (type === 'username') return true;
  return cells.some((cell) => /\d/.test(cell)) && !cells.some((cell) => cell.includes('@'));
}

/** With a country code, or with the separators that people put between the parts of ten digits. */
function isPhoneNumber(value: string): boolean {
  if (/^\+\d[\d\s().-]{6,20}$/.test(value)) return true;
  return /^(?:1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}$/.test(value);
}

function isDay(value: string): boolean {
  return /^(?:19|20)\d\d-?[01]\d-?[0-3]\d$|^\d{1,2}[./]\d{1,2}[./]\d{2,4}$/.test(value);
}

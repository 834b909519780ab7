import type { AttributeConstraints, AttributeDataType, AttributeValue } from '../../../db/tables.ts';
import {
  type CellReason,
  invalidFormat,
  isRefused,
  type Refused,
  readBoolean,
  readDate,
  readPlain,
} from './cell-values.ts';
import type { FieldForm } from './row-shape.ts';

/** An attribute that the institution has defined, as a load needs it. */
export interface AttributeRule {
  readonly id: string;
  readonly name: string;
  readonly dataType: AttributeDataType;
  readonly constraints: AttributeConstraints;
}

/** Characters of a string; an attribute may allow fewer. */
export const attributeTextMax = 200;

const outOfRange: Refused = { refused: 'outOfRange' satisfies CellReason };

/** Numbers and truth values may stand in NDJSON as such. */
export function attributeForm(dataType: AttributeDataType): FieldForm {
  if (dataType === 'boolean') return 'boolean';
  return dataType === 'integer' || dataType === 'decimal' ? 'number' : 'text';
}

/** Reads a trimmed cell that is not empty. */
export function readAttribute({ dataType, constraints }: AttributeRule, text: string): AttributeValue | Refused {
  switch (dataType) {
    case 'boolean':
      return readBoolean(text);
    case 'enumeration':
      return constraints.choices?.includes(text) === true ? text : { refused: 'unknownChoice' };
    case 'string':
      return readPlain(text, constraints.maxLength ?? attributeTextMax);
    case 'date': {
      const date = readDate(text);
      return isRefused(date) || isWithin(date, constraints) ? date : outOfRange;
    }
    default: {
      const number = dataType === 'integer' ? readInteger(text) : readDecimal(text);
      return isRefused(number) || isWithin(number, constraints) ? number : outOfRange;
    }
  }
}

/** A whole number within 2^53, which JSON carries exactly. */
export function readInteger(text: string): number | Refused {
  if (!/^-?\d{1,16}$/.test(text)) return invalidFormat;
  const value = Number(text);
  // -0 is 0.
  return Number.isSafeInteger(value) ? value + 0 : outOfRange;
}

/** 13 digits, a point, 2 digits at most: fifteen digits are exact in a JSON number. */
export function readDecimal(text: string): number | Refused {
  return /^-?\d{1,13}(?:\.\d{1,2})?$/.test(text) ? Number(text) + 0 : invalidFormat;
}

/** Dates compare as text; bounds of decimals are kept as text. */
function isWithin(value: number | string, { minimum, maximum }: AttributeConstraints): boolean {
  const boundOf = (bound: number | string) => (typeof value === 'number' ? Number(bound) : String(bound));
  return (minimum === undefined || value >= boundOf(minimum)) && (maximum === undefined || value <= boundOf(maximum));
}

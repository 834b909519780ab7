import type { AttributeConstraints, AttributeDataType } from '../../db/tables.ts';
import { Problem } from '../../lib/problem.ts';
import { isRefused, readDate, readDecimal, readInteger } from '../customers/index.ts';

const constraintsOf: Readonly<Record<AttributeDataType, readonly (keyof AttributeConstraints)[]>> = {
  string: ['maxLength'],
  integer: ['minimum', 'maximum'],
  decimal: ['minimum', 'maximum'],
  date: ['minimum', 'maximum'],
  boolean: [],
  enumeration: ['choices'],
};

/**
 * Whether these constraints make sense for the data type.
 *
 * @throws Problem `unprocessableEntity`; it names the constraint, never a choice
 */
export function checkConstraints(dataType: AttributeDataType, constraints: AttributeConstraints): void {
  const allowed: readonly string[] = constraintsOf[dataType];
  const foreign = Object.keys(constraints).find((name) => !allowed.includes(name));
  if (foreign !== undefined) {
    throw refused(`The data type ${dataType} has no constraint ${foreign}.`);
  }
  if (dataType === 'enumeration') checkChoices(constraints.choices);
  const { minimum, maximum } = constraints;
  for (const bound of [minimum, maximum]) if (bound !== undefined) checkBound(dataType, bound);
  if (minimum === undefined || maximum === undefined) return;
  const isInOrder = dataType === 'date' ? minimum <= maximum : Number(minimum) <= Number(maximum);
  if (!isInOrder) throw refused('minimum is above maximum.');
}

function checkChoices(choices: readonly string[] | undefined): void {
  if (choices === undefined) throw refused('An enumeration needs choices.');
  const isClean = choices.every((choice) => choice.isWellFormed() && choice.trim() === choice);
  if (!isClean)
    throw refused('A choice must not begin or end with white space: cells are trimmed before they are compared.');
  if (new Set(choices).size < choices.length) throw refused('A choice stands there twice.');
}

function checkBound(dataType: AttributeDataType, bound: string | number): void {
  const isNumber = typeof bound === 'number';
  if (dataType === 'integer' && (!isNumber || isRefused(readInteger(String(bound))))) {
    throw refused('The bounds of an integer are whole JSON numbers within 2^53.');
  }
  if (dataType === 'decimal' && (isNumber || isRefused(readDecimal(bound)))) {
    throw refused('The bounds of a decimal are strings like "-12.50": up to 13 digits and up to two decimals.');
  }
  if (dataType === 'date' && (isNumber || isRefused(readDate(bound)))) {
    throw refused('The bounds of a date are strings YYYY-MM-DD.');
  }
}

function refused(detail: string): Problem {
  return new Problem('unprocessableEntity', { detail });
}

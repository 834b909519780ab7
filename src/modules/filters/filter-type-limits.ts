import type { FilterTypeLimit } from '../../db/tables.ts';
import { Problem } from '../../lib/problem.ts';
import type { FilterType } from './filter-type.ts';
import { readFilterValue } from './filter-value.ts';

/** A limit as the contract has it: the filter type by name. */
export interface NamedLimit extends Omit<FilterTypeLimit, 'id'> {
  readonly name: string;
}

/**
 * The types that new filters may use: without the hidden ones, within the institution's limits. A limit that has become
 * wider than its type (an attribute's constraints can change) leaves the type as it is.
 */
export function limitFilterTypes(
  types: readonly FilterType[],
  limits: readonly FilterTypeLimit[] = [],
): readonly FilterType[] {
  const limitOf = new Map(limits.map((limit) => [limit.id, limit]));
  return types.flatMap((type) => {
    const limit = limitOf.get(type.id);
    if (limit === undefined) return [type];
    return limit.hidden === true ? [] : [limitFilterType(type, limit)];
  });
}

function limitFilterType(type: FilterType, limit: FilterTypeLimit): FilterType {
  const { constraints } = type;
  const minimum = stricter(type, [constraints.minimum, limit.minimum], (order, other) => order >= other);
  const maximum = stricter(type, [constraints.maximum, limit.maximum], (order, other) => order <= other);
  const choices = constraints.choices?.filter((choice) => limit.choices?.includes(choice) ?? true);
  return {
    ...type,
    constraints: {
      ...constraints,
      ...(minimum === undefined ? {} : { minimum }),
      ...(maximum === undefined ? {} : { maximum }),
      ...(choices === undefined ? {} : { choices }),
    },
    // The codes of the values in the column are those of all choices.
    ...(constraints.choices === undefined ? {} : { codedChoices: constraints.choices }),
  };
}

type Bound = number | string;

function stricter(
  type: FilterType,
  [own, given]: readonly [Bound | undefined, Bound | undefined],
  isStricter: (order: number, other: number) => boolean,
): Bound | undefined {
  if (own === undefined || given === undefined) return own ?? given;
  return isStricter(orderOf(type, given), orderOf(type, own)) ? given : own;
}

function orderOf({ dataType }: FilterType, bound: Bound): number {
  return dataType === 'date' ? Date.parse(String(bound)) : Number(bound);
}

/**
 * Holds limits to the types that they narrow.
 *
 * @param types all of them, without limits
 * @param pointer where the array stands in the body
 * @returns the limits as they are kept
 * @throws Problem `unprocessableEntity` with the place of the first fault
 */
export function checkFilterTypeLimits(
  limits: readonly NamedLimit[],
  types: readonly FilterType[],
  pointer: string,
): FilterTypeLimit[] {
  return limits.map(({ name, ...limit }, index) => {
    const at = `${pointer}/${index}`;
    const type = types.find((known) => known.name === name);
    if (type === undefined) throw fault(`${at}/name`, 'there is no such filter type.');
    if (limits.findIndex((other) => other.name === name) < index) {
      throw fault(`${at}/name`, 'this filter type stands there twice.');
    }
    checkBounds(type, limit, at);
    checkChoices(type, limit.choices, `${at}/choices`);
    return { id: type.id, ...limit };
  });
}

function checkBounds(type: FilterType, limit: Omit<NamedLimit, 'name'>, at: string): void {
  const minimum = readBound(type, limit.minimum, `${at}/minimum`);
  const maximum = readBound(type, limit.maximum, `${at}/maximum`);
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    throw fault(`${at}/minimum`, 'must not be above maximum.');
  }
}

/** A bound is a value that a filter could have: so it is within the type's own. */
function readBound(type: FilterType, bound: Bound | undefined, pointer: string): number | undefined {
  if (bound === undefined) return undefined;
  if (!['integer', 'decimal', 'date'].includes(type.dataType)) throw fault(pointer, `${type.name} has no bounds.`);
  const read = readFilterValue(type, bound);
  if ('fault' in read) throw fault(pointer, read.fault);
  return Number(read.value);
}

function checkChoices({ name, constraints }: FilterType, given: readonly string[] = [], pointer: string): void {
  for (const [index, choice] of given.entries()) {
    if (constraints.choices === undefined) throw fault(pointer, `${name} has no choices.`);
    if (!constraints.choices.includes(choice)) {
      throw fault(`${pointer}/${index}`, 'must be one of the choices of the filter type.', constraints.choices);
    }
  }
}

function fault(pointer: string, detail: string, allowed?: readonly string[]): Problem {
  const attributes = { pointer, ...(allowed === undefined ? {} : { allowed }) };
  return new Problem('unprocessableEntity', { detail: `${pointer}: ${detail}`, attributes });
}

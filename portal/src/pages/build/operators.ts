import type { FilterType, Leaf, Operator, Value } from './criteria.ts';

type DataType = FilterType['dataType'];

/** How many values an operator compares with. */
export type Arity = 'none' | 'one' | 'two' | 'many';

export function arityOf(operator: Operator): Arity {
  if (operator === 'isMissing' || operator === 'isPresent') return 'none';
  if (operator === 'between') return 'two';
  return operator === 'in' || operator === 'notIn' ? 'many' : 'one';
}

/** Whether its value is a number of days, whatever the type. */
export function isOfDays(operator: Operator): boolean {
  return operator === 'withinLast' || operator === 'notWithinLast';
}

/** What somebody most often asks of such a type: the operator of a new clause. */
export function firstOperator({ dataType, operators }: FilterType): Operator {
  const wanted: Record<DataType, Operator> = {
    string: 'in',
    enumeration: 'in',
    audience: 'in',
    integer: 'between',
    decimal: 'greaterThanOrEqualTo',
    date: 'withinLast',
    boolean: 'equals',
  };
  const first = wanted[dataType];
  return operators.includes(first) ? first : (operators[0] ?? 'isPresent');
}

/** A clause about a type, with nothing to compare with yet; of a yes or no the yes, of audiences none. */
export function newLeaf(type: FilterType, id: string): Leaf {
  return {
    kind: 'leaf',
    id,
    isNegated: false,
    type: { id: type.id, name: type.name },
    operator: firstOperator(type),
    values: type.dataType === 'boolean' ? [true] : [],
    includesMissing: false,
  };
}

/** The values that stay when the operator is another: as many as it takes, and none where they mean something else. */
export function valuesUnder(operator: Operator, before: Operator, values: readonly Value[]): readonly Value[] {
  if (isOfDays(operator) !== isOfDays(before)) return [];
  const arity = arityOf(operator);
  if (arity === 'none') return [];
  if (arity === 'one') return values.slice(0, 1);
  return arity === 'two' ? values.slice(0, 2) : values;
}

/** Whether it asks something already: as many values as its operator takes, none of them empty, in order. */
export function isComplete({ operator, values }: Leaf): boolean {
  const arity = arityOf(operator);
  if (arity === 'none') return true;
  // A lone minus is the beginning of a number.
  if (values.some((value) => value === '' || value === '-') || values.length === 0) return false;
  if (arity === 'one') return values.length === 1;
  if (arity === 'many') return true;
  return values.length === 2 && !isDescending(values);
}

/** Of two bounds, whether the first is above the second: amounts by their number, days by their text. */
export function isDescending(values: readonly Value[]): boolean {
  const [from = '', to = ''] = values;
  if (from === '' || to === '') return false;
  const [low, high] = [Number(from), Number(to)];
  return Number.isNaN(low) || Number.isNaN(high) ? String(from) > String(to) : low > high;
}

/** The type that a clause is about; undefined where the institution does not have it (any more). */
export function typeOf(types: readonly FilterType[], { type }: Leaf): FilterType | undefined {
  return types.find(({ id, name }) => (type.id === undefined ? name === type.name : id === type.id));
}

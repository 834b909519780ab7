import type { Schemas } from '../../../api/client.ts';

export type Filter = Schemas['customerAudienceFilter'];
type Operator = NonNullable<Filter['operator']>;
type FilterType = Pick<Schemas['analyticFilterType'], 'id' | 'name' | 'label' | 'dataType'>;

export type Sentence =
  | { readonly kind: 'one'; readonly label: string; readonly says: string }
  | { readonly kind: 'group'; readonly mode: GroupMode; readonly of: readonly Sentence[] };

export type GroupMode = 'all' | 'any' | 'notAll' | 'none';

/** What stands behind the words of a filter: the types that the server knows, and the names of other audiences. */
export interface Vocabulary {
  readonly types: readonly FilterType[];
  readonly nameOfAudience: (id: string) => string;
}

/** Filters in the order in which they are asked, each in words. */
export function criteriaSentences(filters: readonly Filter[], vocabulary: Vocabulary): readonly Sentence[] {
  return inOrder(filters).map(({ filter }) => sentenceOf(filter, vocabulary));
}

/** By `ordinal`, which is the place in the array unless given. */
export function inOrder(filters: readonly Filter[]): readonly { filter: Filter; ordinal: number }[] {
  return filters
    .map((filter, place) => ({ filter, ordinal: filter.ordinal ?? place }))
    .toSorted((one, other) => one.ordinal - other.ordinal);
}

export function sentenceOf(filter: Filter, vocabulary: Vocabulary, isNegated = false): Sentence {
  if (filter.not !== undefined) return sentenceOf(filter.not, vocabulary, !isNegated);
  const of = (parts: readonly Filter[]) => parts.map((part) => sentenceOf(part, vocabulary));
  if (filter.anyOf !== undefined) return { kind: 'group', mode: isNegated ? 'none' : 'any', of: of(filter.anyOf) };
  if (filter.allOf !== undefined) return { kind: 'group', mode: isNegated ? 'notAll' : 'all', of: of(filter.allOf) };
  return wordsOf(filter, vocabulary, isNegated);
}

function wordsOf(filter: Filter, { types, nameOfAudience }: Vocabulary, isNegated: boolean): Sentence {
  const { filterType = {}, operator = 'equals', values = [], includeMissingValues = false } = filter;
  const type = types.find(({ id, name }) => id === filterType.id || name === filterType.name);
  const say = (value: string | number | boolean) => sayValue(value, type?.dataType, nameOfAudience);
  const words = (type?.dataType === 'date' ? dateWords[operator] : undefined) ?? plainWords[operator];
  const [, negated] = words;
  const says = [isNegated ? negated : words[0], sayValues(operator, values.map(say))].filter((part) => part !== '');
  // Within a `not`, missing values match the inner filter and so are left out.
  const missing = includeMissingValues ? (isNegated ? ', and is known' : ', or is missing') : '';
  return { kind: 'one', label: type?.label ?? filterType.name ?? filterType.id ?? '?', says: says.join(' ') + missing };
}

const shownMax = 6;

function sayValues(operator: Operator, values: readonly string[]): string {
  if (operator === 'between') return values.join(' to ');
  if (operator === 'withinLast' || operator === 'notWithinLast') return values[0] === '1' ? 'day' : `${values[0]} days`;
  if (values.length > shownMax + 1) {
    return `${values.slice(0, shownMax).join(', ')} and ${values.length - shownMax} others`;
  }
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

function sayValue(
  value: string | number | boolean,
  dataType: FilterType['dataType'] | undefined,
  nameOfAudience: (id: string) => string,
): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (dataType === 'audience') return `“${nameOfAudience(String(value))}”`;
  if (dataType === 'string') return `“${value}”`;
  return String(value);
}

/** How an operator is said, and how the opposite of it. */
const plainWords: Readonly<Record<Operator, readonly [string, string]>> = {
  equals: ['is', 'is not'],
  notEquals: ['is not', 'is'],
  in: ['is', 'is not'],
  notIn: ['is not', 'is'],
  greaterThan: ['is above', 'is not above'],
  greaterThanOrEqualTo: ['is at least', 'is not at least'],
  lessThan: ['is below', 'is not below'],
  lessThanOrEqualTo: ['is at most', 'is not at most'],
  between: ['is from', 'is not from'],
  contains: ['contains', 'does not contain'],
  startsWith: ['begins with', 'does not begin with'],
  withinLast: ['is within the last', 'is not within the last'],
  notWithinLast: ['is not within the last', 'is within the last'],
  isMissing: ['is missing', 'is known'],
  isPresent: ['is known', 'is missing'],
};

const dateWords: { readonly [Name in Operator]?: readonly [string, string] } = {
  greaterThan: ['is after', 'is not after'],
  greaterThanOrEqualTo: ['is on or after', 'is before'],
  lessThan: ['is before', 'is on or after'],
  lessThanOrEqualTo: ['is on or before', 'is after'],
};

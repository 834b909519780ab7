import type { Schemas } from '../../api/client.ts';
import { formatCount, formatDay } from '../../text/en.ts';
import { type FilterType, type Operator, text } from './text.ts';

export type Filter = Schemas['customerAudienceFilter'];
type Value = string | number | boolean;

/** What stands behind the words of a filter. */
export interface Words {
  readonly types: readonly Pick<FilterType, 'id' | 'name' | 'label' | 'dataType'>[];
  /** Names of audiences, by their ids; who does not know them says how many there are. */
  readonly audienceNames?: ReadonlyMap<string, string>;
}

/** A filter in words: one question, or several of which some must hold. */
export type Sentence =
  | { readonly kind: 'one'; readonly label: string; readonly says: string }
  | { readonly kind: 'group'; readonly mode: keyof typeof text.modes; readonly of: readonly Sentence[] };

/** Filters in the order in which they are asked, each in words. */
export function sentencesOf(filters: readonly Filter[], words: Words): readonly Sentence[] {
  return inOrder(filters).map(({ filter }) => sentenceOf(filter, words));
}

/** By `ordinal`, which is the place in the array unless given. */
export function inOrder(filters: readonly Filter[]): readonly { filter: Filter; ordinal: number }[] {
  return filters
    .map((filter, place) => ({ filter, ordinal: filter.ordinal ?? place }))
    .toSorted((one, other) => one.ordinal - other.ordinal);
}

export function sentenceOf(filter: Filter, words: Words, isNegated = false): Sentence {
  if (filter.not !== undefined) return sentenceOf(filter.not, words, !isNegated);
  const of = (parts: readonly Filter[]) => parts.map((part) => sentenceOf(part, words));
  if (filter.anyOf !== undefined) return { kind: 'group', mode: isNegated ? 'none' : 'any', of: of(filter.anyOf) };
  if (filter.allOf !== undefined) return { kind: 'group', mode: isNegated ? 'notAll' : 'all', of: of(filter.allOf) };
  return questionOf(filter, words, isNegated);
}

/** What a filter asks, in a sentence without its end: "Age is between 35 and 49". */
export function sayFilter(filter: Filter, words: Words): string {
  return sayOne(sentenceOf(filter, words));
}

function sayOne(sentence: Sentence): string {
  if (sentence.kind === 'one') return `${sentence.label} ${sentence.says}`;
  const { mode, of } = sentence;
  const joint = `, ${mode === 'any' || mode === 'none' ? text.or : text.and} `;
  const said = of.map(bracketed).join(joint);
  return mode === 'none' || mode === 'notAll' ? `${text.not} (${said})` : said;
}

/** A group in a group: what belongs together has to be seen. */
function bracketed(sentence: Sentence): string {
  const said = sayOne(sentence);
  if (sentence.kind === 'one' || sentence.of.length === 1) return said;
  return sentence.mode === 'any' || sentence.mode === 'all' ? `(${said})` : said;
}

function questionOf(filter: Filter, words: Words, isNegated: boolean): Sentence {
  const { filterType = {}, operator = 'isPresent', values = [], includeMissingValues = false } = filter;
  const type = words.types.find(({ id, name }) => id === filterType.id || name === filterType.name);
  const dataType = type?.dataType ?? 'string';
  const verb = text[isNegated ? 'opposite' : 'operator'](oneOf(operator, values), dataType);
  const object = sayValues({ operator, values, dataType, words });
  // Within a `not`, missing values match the inner filter and so are left out.
  const missing = includeMissingValues ? (isNegated ? text.andPresent : text.orMissing) : '';
  const says = `${[verb, object].filter((part) => part !== '').join(' ')}${missing}`;
  return { kind: 'one', label: type?.label ?? filterType.name ?? filterType.id ?? '?', says };
}

/** Of one value nobody says "any of". */
function oneOf(operator: Operator, values: readonly Value[]): Operator {
  if (values.length !== 1) return operator;
  return operator === 'in' ? 'equals' : operator === 'notIn' ? 'notEquals' : operator;
}

interface Asked {
  readonly operator: Operator;
  readonly values: readonly Value[];
  readonly dataType: FilterType['dataType'];
  readonly words: Words;
}

/** So many values are told; of more the rest is counted. */
const valuesTold = 4;

function sayValues(asked: Asked): string {
  const { operator, values, dataType, words } = asked;
  if (operator === 'isMissing' || operator === 'isPresent') return '';
  if (values.length === 0) return text.gap;
  if (dataType === 'audience' && words.audienceNames === undefined) return text.certainAudiences(values.length);
  const told = values.slice(0, valuesTold).map((value) => sayValue(value, asked));
  if (operator === 'between') return told.join(` ${text.and} `);
  const rest = values.length - told.length;
  return told.join(', ') + (rest > 0 ? ` ${text.more(rest)}` : '');
}

function sayValue(value: Value, { operator, dataType, words }: Asked): string {
  if (value === '') return text.gap;
  if (operator === 'withinLast' || operator === 'notWithinLast') return text.days(String(value));
  switch (dataType) {
    case 'boolean':
      return value === true || value === 'true' ? text.yes : text.no;
    case 'enumeration':
      return text.choice(String(value));
    case 'integer':
    case 'decimal':
      return Number.isNaN(Number(value)) ? String(value) : formatCount(Number(value));
    case 'date':
      return sayDay(String(value));
    case 'audience':
      return `“${words.audienceNames?.get(String(value)) ?? text.someAudience}”`;
    default:
      return String(value);
  }
}

/** A day of the calendar, which is the same in every zone. */
function sayDay(day: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) ? formatDay(`${day}T12:00:00`) : day;
}

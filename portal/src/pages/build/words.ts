import { formatCount, formatDay } from '../../text/en.ts';
import type { Clause, FilterType, Group, Leaf, Operator, Value } from './criteria.ts';
import { arityOf, isOfDays, typeOf } from './operators.ts';
import { text } from './text.ts';

export interface Words {
  readonly types: readonly FilterType[];
  /** Names of audiences, by their ids; who does not know them says how many there are. */
  readonly audienceNames?: ReadonlyMap<string, string>;
}

/** So many values are told; of more the rest is counted. */
const valuesTold = 4;

/** What a clause asks, in a sentence without its end: "Age is between 35 and 49". */
export function sayClause(clause: Clause, words: Words): string {
  if (clause.kind === 'leaf') return sayLeaf(clause, words);
  const joint = `, ${clause.match === 'anyOf' ? text.or : text.and} `;
  const said = clause.parts.map((part) => (part.kind === 'group' ? bracketed(part, words) : sayClause(part, words)));
  return clause.isNegated ? `${text.not} (${said.join(joint)})` : said.join(joint);
}

/** A group in a group: what belongs together has to be seen. */
function bracketed(group: Group, words: Words): string {
  const said = sayClause(group, words);
  return group.isNegated || group.parts.length === 1 ? said : `(${said})`;
}

/** A clause in a word or two, to name its row: "Age". */
export function nameClause(clause: Clause, words: Words): string {
  if (clause.kind === 'group') return text.group[clause.match].toLowerCase();
  return typeOf(words.types, clause)?.label ?? clause.type.name ?? clause.type.id ?? '';
}

function sayLeaf(leaf: Leaf, words: Words): string {
  const dataType = typeOf(words.types, leaf)?.dataType ?? 'string';
  const verb = text.operator(oneOf(leaf), dataType);
  const object = sayValues(leaf, dataType, words);
  const missing = leaf.includesMissing ? text.orMissing : '';
  const said = (how: string) => [nameClause(leaf, words), how, object, missing].filter((part) => part !== '').join(' ');
  if (!leaf.isNegated) return said(verb);
  // "is between" -> "is not between"; what is negated already, and what is no "is", stands behind the negation.
  return !leaf.includesMissing && /^is(?! (?:not|none))/.test(verb)
    ? said(verb.replace(/^is/, text.isNot))
    : `${text.not} (${said(verb)})`;
}

/** Of one value nobody says "any of". */
function oneOf({ operator, values }: Leaf): Operator {
  if (values.length !== 1) return operator;
  return operator === 'in' ? 'equals' : operator === 'notIn' ? 'notEquals' : operator;
}

function sayValues({ operator, values }: Leaf, dataType: FilterType['dataType'], words: Words): string {
  if (arityOf(operator) === 'none') return '';
  if (values.length === 0) return '…';
  if (dataType === 'audience' && words.audienceNames === undefined) {
    return text.certainAudiences(values.length);
  }
  const told = values.slice(0, valuesTold).map((value) => sayValue(value, { operator, dataType, words }));
  if (operator === 'between') return told.join(` ${text.and} `);
  const rest = values.length - told.length;
  return rest > 0 ? `${told.join(', ')} and ${formatCount(rest)} more` : told.join(', ');
}

function sayValue(
  value: Value,
  { operator, dataType, words }: { operator: Operator; dataType: FilterType['dataType']; words: Words },
): string {
  if (value === '') return '…';
  if (isOfDays(operator)) return text.days(String(value));
  switch (dataType) {
    case 'boolean':
      return value === true || value === 'true' ? text.yes.toLowerCase() : text.no.toLowerCase();
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

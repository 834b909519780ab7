import type { Schemas } from '../../../api/client.ts';
import { formatCount } from '../../../text/en.ts';

export type Limit = Schemas['filterTypeLimit'];
export type FilterType = Schemas['analyticFilterType'];

/** A filter type as it is offered, with what the institution has taken from it. */
export interface LimitedType {
  readonly name: string;
  /** What it is called; of a hidden type the API says no more than its name. */
  readonly label: string;
  readonly type: FilterType | undefined;
  readonly limit: Limit | undefined;
}

/** All that are offered, and all that are hidden, by their labels. */
export function limitedTypes(types: readonly FilterType[], limits: readonly Limit[]): readonly LimitedType[] {
  const offered = types.map((type) => ({
    name: type.name,
    label: type.label,
    type,
    limit: limits.find(({ name }) => name === type.name),
  }));
  const others = limits
    .filter(({ name }) => types.every((type) => type.name !== name))
    .map((limit) => ({ name: limit.name, label: limit.name, type: undefined, limit }));
  return [...offered, ...others].sort((left, right) => left.label.localeCompare(right.label));
}

/** The limits with that of one type in place of the one before; a limit that limits nothing is none. */
export function withLimit(limits: readonly Limit[], limit: Limit): Limit[] {
  const others = limits.filter(({ name }) => name !== limit.name);
  const isLimit =
    limit.hidden === true ||
    limit.minimum !== undefined ||
    limit.maximum !== undefined ||
    (limit.choices?.length ?? 0) > 0;
  return isLimit ? [...others, limit] : others;
}

/** The same bounds, hidden or offered. */
export function turned(limit: Limit | undefined, { name, isHidden }: { name: string; isHidden: boolean }): Limit {
  const { hidden: _before, ...bounds } = limit ?? { name };
  return isHidden ? { ...bounds, hidden: true } : bounds;
}

export function hasBounds({ type }: Pick<LimitedType, 'type'>): boolean {
  return type !== undefined && ['integer', 'decimal', 'date'].includes(type.dataType);
}

export function hasChoices({ type }: Pick<LimitedType, 'type'>): boolean {
  return (type?.constraints.choices?.length ?? 0) > 0;
}

/** A bound as the API takes it: a number of an integer, text of an amount or a day. */
export function boundOf(typed: string, dataType: FilterType['dataType']): string | number | undefined {
  const bound = typed.trim();
  if (bound === '') return undefined;
  return dataType === 'integer' && Number.isSafeInteger(Number(bound)) ? Number(bound) : bound;
}

/** What is left of it, in words: "18 to 90", "2 choices". */
export function boundsText(limit: Limit | undefined): string | undefined {
  if (limit === undefined) return undefined;
  const { minimum, maximum, choices } = limit;
  if (choices !== undefined) return choices.length === 1 ? '1 choice' : `${formatCount(choices.length)} choices`;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${minimum} or more`;
  return maximum === undefined ? undefined : `${maximum} or less`;
}

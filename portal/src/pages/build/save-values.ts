import type { Audience, Schemas } from '../../api/client.ts';
import { type Criteria, type Filter, type FilterType, leavesOf } from './criteria.ts';
import { readFilters, writeFilters } from './criteria-filters.ts';
import { typeOf } from './operators.ts';
import { text } from './text.ts';

export const refreshes = ['manual', 'daily', 'onCustomerLoad'] as const;
export const purposes = [
  'marketing',
  'servicing',
  'credit',
  'research',
] as const satisfies readonly Audience['purpose'][];
export const justificationMin = 20;

/** What the dialog asks for. */
export interface SaveValues {
  readonly name: string;
  readonly description: string;
  readonly refresh: (typeof refreshes)[number];
  readonly purpose: (typeof purposes)[number];
  readonly justification: string;
}

export function valuesOf(audience: Audience | undefined, refresh: SaveValues['refresh'] = 'manual'): SaveValues {
  return {
    name: audience?.name ?? '',
    description: audience?.description ?? '',
    refresh: audience?.refresh ?? refresh,
    purpose: audience?.purpose ?? 'marketing',
    justification: audience?.approval?.justification ?? '',
  };
}

/** The types among theirs that fair lending restricts, each once. */
export function restrictedTypes(criteria: Criteria, types: readonly FilterType[]): readonly FilterType[] {
  const asked = leavesOf(criteria).flatMap((leaf) => typeOf(types, leaf) ?? []);
  return [...new Set(asked)].filter(({ fairLending }) => fairLending !== undefined);
}

/** What is wrong with the values before anybody else has to look at them. */
export function faultsOfValues({ name, justification }: SaveValues, needsJustification: boolean) {
  return {
    name: name.trim() === '' ? text.save.nameMissing : null,
    justification:
      needsJustification && justification.trim().length < justificationMin ? text.save.justificationShort : null,
  };
}

export function newAudienceOf(values: SaveValues, filters: readonly Filter[], needsJustification: boolean) {
  const { refresh, purpose } = values;
  const description = values.description.trim();
  const body: Schemas['newCustomerAudience'] = {
    name: values.name.trim(),
    ...(description === '' ? {} : { description }),
    refresh,
    purpose,
    ...(needsJustification ? { justification: values.justification.trim() } : {}),
    filters: [...filters],
  };
  return body;
}

/** Only what is another than before: nobody asks for an approval again because of an unchanged justification. */
export function patchOf(
  values: SaveValues,
  before: Audience,
  {
    filters,
    needsJustification,
  }: {
    filters: readonly Filter[];
    needsJustification: boolean;
  },
): Schemas['customerAudiencePatch'] {
  const old = valuesOf(before);
  const next = newAudienceOf(values, filters, needsJustification);
  const hasOtherFilters = !asksTheSame(filters, before.filters ?? []);
  return {
    ...(next.name === old.name ? {} : { name: next.name }),
    ...(values.description.trim() === old.description ? {} : { description: next.description ?? null }),
    ...(next.refresh === old.refresh || next.refresh === undefined ? {} : { refresh: next.refresh }),
    ...(next.purpose === old.purpose || next.purpose === undefined ? {} : { purpose: next.purpose }),
    ...(next.justification === undefined || next.justification === old.justification
      ? {}
      : { justification: next.justification }),
    ...(hasOtherFilters ? { filters: [...filters] } : {}),
  };
}

/** Whether filters ask the same, however they are written: the order of their fields means nothing. */
function asksTheSame(one: readonly Filter[], other: readonly Filter[]): boolean {
  const written = (filters: readonly Filter[]) => JSON.stringify(writeFilters(readFilters(filters, () => '')).filters);
  return written(one) === written(other);
}

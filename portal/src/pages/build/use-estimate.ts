import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { type ApiProblem, problemOfError } from '../../api/problem.ts';
import type { Criteria } from './criteria.ts';
import { clauseUnder, type WrittenFilters, writeFilters } from './criteria-filters.ts';
import { type Estimate, estimateQuery } from './queries.ts';

/** Long enough for the next key stroke, short enough that the count is there within 300 ms. */
const pauseMs = 150;

export interface Counted {
  readonly written: WrittenFilters;
  /** The last that was counted, with the criteria that it is true of: those of now unless it is outdated. */
  readonly last: CountedCriteria | undefined;
  readonly isOutdated: boolean;
  /** What is wrong with each clause. */
  readonly faults: ReadonlyMap<string, string>;
  /** What is wrong, but with no clause. */
  readonly problem: unknown;
  readonly retry: () => unknown;
  /** The clause from which on nobody is left. */
  readonly emptiedBy: string | undefined;
}

export interface CountedCriteria {
  readonly criteria: Criteria;
  readonly estimate: Estimate;
}

/** Counts the criteria a moment after each change; the count before stays until the next is there. */
export function useEstimate(criteria: Criteria): Counted {
  const [asked] = useDebouncedValue(criteria, pauseMs);
  const written = useMemo(() => writeFilters(criteria), [criteria]);
  const askedFilters = useMemo(() => writeFilters(asked), [asked]);
  const { data, error, refetch } = useQuery(estimateQuery(askedFilters.filters));
  const [before, setBefore] = useState<CountedCriteria>();
  const now = useMemo(() => (data === undefined ? undefined : { criteria: asked, estimate: data }), [asked, data]);
  useEffect(() => {
    if (now !== undefined) setBefore(now);
  }, [now]);
  const faults = error === null ? new Map<string, string>() : faultsOf(problemOfError(error), askedFilters);
  return {
    written,
    last: now ?? before,
    isOutdated: now === undefined || asked !== criteria,
    faults,
    problem: faults.size === 0 ? error : null,
    retry: refetch,
    emptiedBy: now === undefined ? undefined : emptiedBy(now),
  };
}

/** The first clause after which nobody is left, where there was somebody before. */
function emptiedBy({ criteria, estimate: { funnel, baseCustomerCount } }: CountedCriteria): string | undefined {
  if (baseCustomerCount === 0) return undefined;
  const step = funnel.find(({ remainingCount }) => remainingCount === 0);
  return step === undefined ? undefined : criteria.parts[step.ordinal]?.id;
}

/** Each fault at the clause that its pointer names. */
export function faultsOf(
  { name, problems, attributes, detail, title }: ApiProblem,
  { clauseAt }: Pick<WrittenFilters, 'clauseAt'>,
) {
  const faults = new Map<string, string>();
  if (name !== 'invalidFilters') return faults;
  for (const fault of problems ?? [{ attributes, detail, title }]) {
    const { pointer } = fault.attributes;
    const id = typeof pointer === 'string' ? clauseUnder(clauseAt, pointer) : undefined;
    if (id !== undefined && !faults.has(id)) faults.set(id, sentence(fault.detail ?? fault.title));
  }
  return faults;
}

/** "/filters/0/values/1: must be a date." -> "Must be a date." The row says where already. */
function sentence(detail: string): string {
  const told = detail.replace(/^\/\S*: /, '');
  return told.charAt(0).toUpperCase() + told.slice(1);
}

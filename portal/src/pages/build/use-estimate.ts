import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { problemOfError } from '../../api/problem.ts';
import type { Criteria } from './criteria.ts';
import { type WrittenFilters, writeFilters } from './criteria-filters.ts';
import { type CountedCriteria, emptiedBy, faultsOf } from './faults.ts';
import { estimateQuery } from './queries.ts';

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

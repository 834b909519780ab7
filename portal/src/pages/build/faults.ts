import type { ApiProblem } from '../../api/problem.ts';
import type { Criteria } from './criteria.ts';
import { clauseUnder, type WrittenFilters } from './criteria-filters.ts';
import type { Estimate } from './queries.ts';

export interface CountedCriteria {
  readonly criteria: Criteria;
  readonly estimate: Estimate;
}

/** The first clause after which nobody is left, where there was somebody before. */
export function emptiedBy({ criteria, estimate: { funnel, baseCustomerCount } }: CountedCriteria): string | undefined {
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

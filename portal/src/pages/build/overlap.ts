import type { Estimate } from './queries.ts';

export interface Overlap {
  readonly both: number;
  readonly onlyHere: number;
  readonly onlyThere: number;
}

/** From the funnel whose last step asks for the members of the other audience. */
export function overlapOf({ funnel }: Pick<Estimate, 'funnel'>): Overlap | undefined {
  const last = funnel.at(-1);
  const before = funnel.at(-2);
  if (last === undefined || before === undefined) return undefined;
  const both = last.remainingCount;
  return { both, onlyHere: before.remainingCount - both, onlyThere: last.customerCount - both };
}

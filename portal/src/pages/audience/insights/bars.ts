import type { Schemas } from '../../../api/client.ts';

export type Dimension = Schemas['customerAudienceInsights']['dimensions'][number];
export type Cell = Dimension['cells'][number];

/** The largest share of a dimension: the length of its longest bar. Never 0, which nothing is divided by. */
export function longestPercent(cells: readonly Cell[]): number {
  return Math.max(1, ...cells.flatMap(({ audiencePercent = 0, basePercent = 0 }) => [audiencePercent, basePercent]));
}

/** How long a bar is, in percent of the longest. */
export function barLength(percent: number | undefined, longest: number): number {
  return ((percent ?? 0) / longest) * 100;
}

/** The first cells by their order, and always those that stand for several or for nobody known: a sum needs them. */
export function cellsInSight(cells: readonly Cell[], valuesMax: number): readonly Cell[] {
  let values = 0;
  return cells.filter(({ kind }) => kind !== 'value' || ++values <= valuesMax);
}

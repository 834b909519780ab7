import type { Audience } from '../../api/client.ts';

export const kinds = ['imported', 'filtered', 'combined'] as const satisfies readonly Audience['kind'][];
export const states = ['active', 'pendingApproval', 'archived'] as const satisfies readonly Audience['state'][];
export const sorts = ['-updatedAt', 'name', '-name', 'updatedAt', 'customerCount', '-customerCount'] as const;

/** What the table of audiences shows, as the address has it. */
export interface AudienceSearch {
  readonly name?: string;
  readonly kind?: (typeof kinds)[number];
  readonly state?: (typeof states)[number];
  /** `me`, or the id of a person or an application. */
  readonly owner?: string;
  readonly sortBy?: (typeof sorts)[number];
}

/** Whatever somebody writes into the address is either one of ours or nothing. */
export function readAudienceSearch(search: Record<string, unknown>): AudienceSearch {
  const kind = kinds.find((known) => known === search.kind);
  const state = states.find((known) => known === search.state);
  const sortBy = sorts.find((known) => known === search.sortBy);
  const name = wordOf(search.name, 80);
  const owner = wordOf(search.owner, 48);
  return {
    ...(name === '' ? {} : { name }),
    ...(kind === undefined ? {} : { kind }),
    ...(state === undefined ? {} : { state }),
    ...(owner === '' ? {} : { owner }),
    ...(sortBy === undefined ? {} : { sortBy }),
  };
}

/** Digits alone come as a number. */
function wordOf(value: unknown, charactersMax: number): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, charactersMax) : '';
}

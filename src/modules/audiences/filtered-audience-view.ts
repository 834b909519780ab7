import type { AudienceCriteriaRow } from './audience-criteria-store.ts';
import type { CustomerAudience } from './audience-schemas.ts';
import type { AudienceRow } from './audience-store.ts';
import { audienceBody } from './audience-view.ts';

/** A filtered audience as the contract shows it: with what it is made from. */
export function filteredAudienceBody(
  row: AudienceRow,
  criteria: Pick<AudienceCriteriaRow, 'filters' | 'refresh' | 'refreshed_at' | 'failure'>,
): CustomerAudience {
  return {
    ...audienceBody(row),
    filters: criteria.filters,
    refresh: criteria.refresh,
    refreshedAt: criteria.refreshed_at.toISOString(),
    ...(criteria.failure === null ? {} : { refreshProblem: criteria.failure }),
  };
}

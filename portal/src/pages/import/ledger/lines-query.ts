import { infiniteQueryOptions } from '@tanstack/react-query';
import { answered, api } from '../../../api/client.ts';
import { nextStart } from '../../../api/next-page.ts';
import type { Outcome } from '../../../parts/ledger/ledger-parts.ts';

export const linesPage = 100;

/** The lines of one part of a ledger. @param wanted.reason '' for all */
export function linesQuery({ importId, outcome, reason }: { importId: string; outcome: Outcome; reason: string }) {
  return infiniteQueryOptions({
    queryKey: ['import', importId, 'lines', { outcome, reason }],
    queryFn: async ({ pageParam, signal }) => {
      const start = pageParam === undefined ? {} : { start: pageParam };
      const ofReason = reason === '' ? {} : { reason: [reason] };
      const query = { outcome: [outcome], ...ofReason, limit: linesPage, ...start };
      const path = { importId };
      return await answered(
        api.GET('/service/customerAudienceImports/{importId}/lines', { params: { path, query }, signal }),
      );
    },
    initialPageParam: nextStart(undefined),
    getNextPageParam: (page) => nextStart(page.nextPage_url),
    // A ledger never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { answered, api, baseAddress } from '../../api/client.ts';
import { type ImportLedger, isOpen, ledgerIn } from './sending/import-ledger.ts';

export function importedQuery(importId: string) {
  return queryOptions({
    queryKey: ['import', importId],
    queryFn: async ({ signal }) =>
      await answered(
        api.GET('/service/customerAudienceImports/{importId}', { params: { path: { importId } }, signal }),
      ),
  });
}

/** Follows an import that is under way, by the events that the server sends; they end with it. */
export function useProgress(ledger: ImportLedger | undefined): void {
  const queryClient = useQueryClient();
  const importId = ledger !== undefined && isOpen(ledger) ? ledger.id : undefined;
  useEffect(() => {
    if (importId === undefined) return;
    const { queryKey } = importedQuery(importId);
    const events = new EventSource(`${baseAddress}/service/customerAudienceImports/${importId}/progress`);
    const take = ({ data }: MessageEvent<string>) => {
      const changed = ledgerIn(JSON.parse(data));
      if (changed !== undefined) queryClient.setQueryData(queryKey, changed);
    };
    events.addEventListener('progress', take);
    events.addEventListener('end', (event) => {
      take(event);
      events.close();
      void queryClient.invalidateQueries({ queryKey: ['audience'] });
      void queryClient.invalidateQueries({ queryKey: ['audiences'] });
      void queryClient.invalidateQueries({ queryKey: ['imports'] });
    });
    // Not to be seen any longer: asking once more shows why.
    events.addEventListener('problem', () => {
      events.close();
      void queryClient.invalidateQueries({ queryKey });
    });
    return () => events.close();
  }, [importId, queryClient]);
}

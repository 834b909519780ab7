import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { atStep, importedSearchOf } from './search.ts';
import { importStore, useImportDraft } from './use-import.ts';

/** Makes or edits the audience by the list that was checked, and goes on to where it is followed. */
export function useCarryOut(): () => Promise<void> {
  const { list } = useImportDraft();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return async () => {
    const search = list === undefined ? {} : importedSearchOf(list);
    const begun = await importStore.carryOut();
    if (begun !== undefined) {
      // A short list may be done before anybody listens to its progress.
      void queryClient.invalidateQueries({ queryKey: ['audience'] });
      await navigate({ to: '/import/$importId', params: { importId: begun.id }, search, replace: true });
    } else if (importStore.get().problem?.name === 'audienceNameTaken') {
      await navigate({ to: '/import', search: atStep('list'), replace: true });
    }
  };
}

import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { atStep, importedSearchOf } from './search.ts';
import { text } from './text.ts';
import { useGoOn } from './use-go-on.ts';
import { importStore, useImportDraft } from './use-import.ts';

/** Makes or edits the audience by the list that was checked, and goes on to where it is followed. */
export function useCarryOut(): () => Promise<void> {
  const { list, edit } = useImportDraft();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const goOn = useGoOn();
  return async () => {
    if (list === undefined) return;
    const begun = await importStore.carryOut();
    const { problem } = importStore.get();
    if (begun !== undefined) {
      // A short list may be done before anybody listens to its progress.
      void queryClient.invalidateQueries({ queryKey: ['audience'] });
      const way = { params: { importId: begun.id }, search: importedSearchOf(list, edit) };
      await goOn(text.elsewhere.arrived(list.file.name), () =>
        navigate({ to: '/import/$importId', ...way, replace: true }),
      );
    } else if (problem !== undefined) {
      const step = problem.name === 'audienceNameTaken' ? 'list' : 'check';
      await goOn(text.elsewhere.stopped(list.file.name), () =>
        navigate({ to: '/import', search: atStep(step, edit), replace: true }),
      );
    }
  };
}

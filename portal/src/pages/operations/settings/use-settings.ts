import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answered, answeredWithTag, api, type Schemas } from '../../../api/client.ts';

type Settings = Schemas['institutionSettings'];
type Patch = Schemas['institutionSettingsPatch'];

const queryKey = ['settings'];

/** The settings of the institution with the tag that a change is based on. */
export function useSettings() {
  return useQuery({ queryKey, queryFn: ({ signal }) => readSettings(signal) });
}

function readSettings(signal: AbortSignal): Promise<{ data: Settings; tag: string }> {
  return answeredWithTag(api.GET('/service/institutionSettings', { signal }));
}

/** Changes them; when somebody else was faster, theirs are shown and nothing is overwritten. */
export function useChangeSettings() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ tag, patch }: { tag: string; patch: Patch }) =>
      answeredWithTag(
        api.PATCH('/service/institutionSettings', { params: { header: { 'if-match': tag } }, body: patch }),
      ),
    onSuccess: (saved) => {
      queryClient.setQueryData(queryKey, saved);
      // What is hidden or narrowed is so in the lists, too.
      void queryClient.invalidateQueries({ queryKey: ['filterTypes'] });
      void queryClient.invalidateQueries({ queryKey: ['templates'] });
    },
    onError: () => queryClient.invalidateQueries({ queryKey }),
    scope: { id: 'settings' },
  });
}

/** At most 200 of each are in the settings; one page has them all. */
const listMax = 1_000;

export function useFilterTypes() {
  return useQuery({
    queryKey: ['filterTypes', 'all'],
    queryFn: ({ signal }) =>
      answered(api.GET('/service/analyticFilterTypes', { params: { query: { limit: listMax } }, signal })),
  });
}

export function useTemplates() {
  return useQuery({
    queryKey: ['templates', 'all'],
    queryFn: ({ signal }) =>
      answered(api.GET('/service/customerAudienceTemplates', { params: { query: { limit: listMax } }, signal })),
  });
}

export interface EditableSettings {
  readonly settings: Settings;
  /** Absent for whoever may only read. */
  readonly change: ((patch: Patch) => void) | undefined;
  readonly isBusy: boolean;
}

import { useQuery } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { useMay, useSession } from '../../app/session.tsx';
import { text } from './text.ts';

export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'application';
}

/** Whom an audience may be shared with, and who did something. Only administrators and auditors may look them up. */
export function usePrincipals(): readonly Principal[] {
  return usePrincipalsQuery().data ?? [];
}

function usePrincipalsQuery() {
  const may = useMay();
  return useQuery({
    queryKey: ['principals'],
    enabled: may('readAccess'),
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<readonly Principal[]> => {
      const params = { query: { limit: 1000 } };
      const [people, applications] = await Promise.all([
        answered(api.GET('/service/userAccounts', { params, signal })),
        answered(api.GET('/service/applications', { params, signal })),
      ]);
      return [
        ...people.items.map(({ id, name }) => ({ id, name, kind: 'person' as const })),
        ...applications.items.map(({ id, name }) => ({ id, name, kind: 'application' as const })),
      ];
    },
  });
}

/** Says who an id is: "You", a name, or the id where the name is not ours to know. */
export function useNameOf(): (principalId: string) => string {
  const { person } = useSession();
  const { data = [], isLoading } = usePrincipalsQuery();
  // An id that turns into a name a moment later would make the line jump.
  const unnamed = (id: string) => (isLoading ? text.naming : id);
  return (id) => (id === person.id ? text.you : (data.find((principal) => principal.id === id)?.name ?? unnamed(id)));
}

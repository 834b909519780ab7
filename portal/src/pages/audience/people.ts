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
  const may = useMay();
  const { data } = useQuery({
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
  return data ?? [];
}

/** Says who an id is: "You", a name, or the id where the name is not ours to know. */
export function useNameOf(): (principalId: string) => string {
  const { person } = useSession();
  const principals = usePrincipals();
  return (id) => (id === person.id ? text.you : (principals.find((principal) => principal.id === id)?.name ?? id));
}

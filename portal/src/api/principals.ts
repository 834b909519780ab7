import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import DataLoader from 'dataloader';
import { answered, api, type Schemas } from './client.ts';

export type Principal = Schemas['principal'];

/** What a render asks about goes in one request, at most as many ids as the API takes. */
const names = new DataLoader<string, Principal | null>(
  async (ids) => {
    const query = { id: [ids.join('|')], limit: ids.length };
    const { items } = await answered(api.GET('/service/principals', { params: { query } }));
    return ids.map((id) => items.find((known) => known.id === id) ?? null);
  },
  // What was read is kept with the other answers.
  { cache: false, maxBatchSize: 100 },
);

/** Ids that are made here. Those of another issuer have no name here, may be e-mail addresses, and stay out of ours. */
const ownId = /^[0-9a-f]{20}$/;

/** Who an id is; null = somebody whom the institution does not know (any more). */
export function principalQuery(id: string) {
  const queryFn = async () => (ownId.test(id) ? await names.load(id) : null);
  return queryOptions({ queryKey: ['principal', id], queryFn, staleTime: 300_000 });
}

const foundMax = 50;

interface PrincipalSearch {
  /** Part of the name. */
  readonly name: string;
  /** Only who may act for the institution now. */
  readonly isActive: boolean;
}

/** People and applications by name, for somebody to choose from. */
export function principalsQuery({ name, isActive }: PrincipalSearch) {
  return queryOptions({
    queryKey: ['principals', { name, isActive }],
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<readonly Principal[]> => {
      const query = { limit: foundMax, ...(name === '' ? {} : { name }), ...(isActive ? { state: ['active'] } : {}) };
      return (await answered(api.GET('/service/principals', { params: { query }, signal }))).items;
    },
  });
}

import { answered, api } from '../../../api/client.ts';
import { upload } from '../../../api/upload.ts';
import { mediaTypeOf, queryOf } from './load-query.ts';
import type { Load, LoadKind } from './search.ts';

interface LoadCalls {
  readonly path: string;
  list(page: { readonly limit: number; readonly start?: string }, signal: AbortSignal): Promise<LoadPage>;
  get(id: string, signal: AbortSignal): Promise<Load>;
}

interface LoadPage {
  readonly items: readonly Load[];
  readonly nextPage_url?: string;
  readonly count: number;
}

/** Loads of customers and of accounts are alike; only their addresses differ. */
export const loadCalls: Readonly<Record<LoadKind, LoadCalls>> = {
  customer: {
    path: '/service/customerLoads',
    list: (query, signal) => answered(api.GET('/service/customerLoads', { params: { query }, signal })),
    get: (customerLoadId, signal) =>
      answered(api.GET('/service/customerLoads/{customerLoadId}', { params: { path: { customerLoadId } }, signal })),
  },
  account: {
    path: '/service/accountLoads',
    list: (query, signal) => answered(api.GET('/service/accountLoads', { params: { query }, signal })),
    get: (accountLoadId, signal) =>
      answered(api.GET('/service/accountLoads/{accountLoadId}', { params: { path: { accountLoadId } }, signal })),
  },
};

export interface LoadOrder {
  readonly kind: LoadKind;
  readonly file: File;
  readonly mode: Load['mode'];
  readonly ignoreColumns: string;
  readonly confirmRemovals: boolean;
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

/** Sends the file; the server goes on alone once it has all of it. @returns the id of the load */
export async function sendLoad(order: LoadOrder): Promise<string | undefined> {
  const { kind, file, onProgress, signal } = order;
  const { body: answer } = await upload({
    path: loadCalls[kind].path,
    query: queryOf(order),
    headers: { 'Content-Type': mediaTypeOf(file.name), Prefer: 'respond-async' },
    body: file,
    onProgress,
    signal,
  });
  return typeof answer === 'object' && answer !== null && 'id' in answer ? String(answer.id) : undefined;
}

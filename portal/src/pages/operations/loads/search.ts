import type { Schemas } from '../../../api/client.ts';

export type Load = Schemas['customerLoad'] | Schemas['accountLoad'];
export type LoadKind = 'customer' | 'account';
export type LoadState = Load['state'];

/** The load whose details are open, as the address has it. */
export interface LoadSearch {
  readonly load?: string;
}

export function readLoadSearch(search: Record<string, unknown>): LoadSearch {
  return typeof search.load === 'string' && /^[-_:.~$a-zA-Z0-9]{6,48}$/.test(search.load) ? { load: search.load } : {};
}

export function isMoving({ state }: Pick<Load, 'state'>): boolean {
  return state === 'receiving' || state === 'publishing';
}

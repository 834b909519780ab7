import type { Schemas } from '../../../api/client.ts';

export type Import = Schemas['customerAudienceImport'];
export type ImportState = Import['state'];

export const importStates = [
  'receiving',
  'staged',
  'matching',
  'completed',
  'preview',
  'rejected',
  'failed',
  'canceled',
] as const satisfies readonly ImportState[];

/** What the list of imports shows, as the address has it. */
export interface ImportSearch {
  readonly state?: ImportState;
  /** The import whose details are open. */
  readonly import?: string;
}

export function readImportSearch(search: Record<string, unknown>): ImportSearch {
  const state = importStates.find((known) => known === search.state);
  const id = typeof search.import === 'string' && /^[-_:.~$a-zA-Z0-9]{6,48}$/.test(search.import) ? search.import : '';
  return { ...(state === undefined ? {} : { state }), ...(id === '' ? {} : { import: id }) };
}

export function isMoving({ state }: Pick<Import, 'state'>): boolean {
  return state === 'receiving' || state === 'staged' || state === 'matching';
}

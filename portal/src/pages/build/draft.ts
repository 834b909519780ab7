import type { Filter } from './criteria.ts';
import type { BuildSearch } from './search.ts';

/** Where unsaved criteria wait for the next load of the page: in this tab, under whom they belong to and what they change. */
const prefix = 'rollcall:criteria:';

export interface DraftOwner {
  readonly person: string;
  readonly institution: string;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export interface Draft {
  read(): readonly Filter[] | undefined;
  write(filters: readonly Filter[]): void;
  clear(): void;
}

/** The draft of one person about one audience, template or new audience. What anybody else left in the tab is removed. */
export function openDraft(store: Store, owner: DraftOwner, { audience, template }: BuildSearch): Draft {
  const own = `${prefix}${owner.institution}:${owner.person}:`;
  for (const key of keysOf(store)) if (key.startsWith(prefix) && !key.startsWith(own)) store.removeItem(key);
  const key = `${own}${audience ?? ''}:${template ?? ''}`;
  return {
    read: () => readFilterList(store.getItem(key)),
    write: (filters) => {
      try {
        store.setItem(key, JSON.stringify(filters));
      } catch {
        // The store is full: a reload then loses what was not saved.
      }
    },
    clear: () => store.removeItem(key),
  };
}

function keysOf(store: Store): string[] {
  return Array.from({ length: store.length }, (_, index) => store.key(index) ?? '');
}

function readFilterList(stored: string | null): readonly Filter[] | undefined {
  try {
    const parsed: unknown = JSON.parse(stored ?? 'null');
    return Array.isArray(parsed) && parsed.every(isFilter) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it has the shape of a filter: another version of this page may have written it. */
function isFilter(value: unknown): value is Filter {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Record<string, unknown> = Object.fromEntries(Object.entries(value));
  if (fields.not !== undefined) return isFilter(fields.not);
  const parts = fields.anyOf ?? fields.allOf;
  if (parts !== undefined) return Array.isArray(parts) && parts.every(isFilter);
  return typeof fields.filterType === 'object' && typeof fields.operator === 'string' && Array.isArray(fields.values);
}

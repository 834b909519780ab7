import { useSyncExternalStore } from 'react';
import { createImportStore, type ImportDraft } from './import-store.ts';

/** One list at a time: it lives as long as the window, not as long as the view. */
export const importStore = createImportStore();

export function useImportDraft(): ImportDraft {
  return useSyncExternalStore(importStore.subscribe, importStore.get);
}

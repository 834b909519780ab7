import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import type { FocusTarget } from './builder-context.tsx';
import type { Change, Criteria } from './criteria.ts';
import { writeFilters } from './criteria-filters.ts';
import type { Draft } from './draft.ts';
import { changeIn, historyOf, redoIn, undoIn } from './history.ts';

/** Criteria in the making: changed, undone, kept over a reload. */
export function useCriteria(source: Criteria, { restored, draft }: { restored: Criteria | undefined; draft: Draft }) {
  const [history, setHistory] = useState(() => historyOf(restored ?? source));
  const [said, setSaid] = useState('');
  const [focus, setFocus] = useState<FocusTarget>();
  const criteria = history.present;
  useFocus(focus, criteria);
  useKeep(criteria, source, draft);
  return {
    criteria,
    /** For screen readers. */
    said,
    isChanged: criteria !== source,
    change(change: Change, after: { focus?: FocusTarget; said?: string } = {}) {
      const next = change(criteria);
      setHistory(changeIn(history, next));
      if (after.said !== undefined) setSaid(after.said);
      if (after.focus !== undefined) setFocus({ ...after.focus });
    },
    undo: history.past.length === 0 ? undefined : () => setHistory(undoIn(history)),
    redo: history.future.length === 0 ? undefined : () => setHistory(redoIn(history)),
    startOver: () => setHistory(changeIn(history, source)),
  };
}

/** A clause that moved into another group is drawn anew there: the focus follows it. */
function useFocus(focus: FocusTarget | undefined, criteria: Criteria): void {
  const done = useRef<FocusTarget>(undefined);
  useEffect(() => {
    // Criteria that change later do not ask for it again.
    if (focus === undefined || done.current === focus) return;
    done.current = focus;
    const row = criteria.parts.length === 0 ? null : document.querySelector(`[data-clause="${CSS.escape(focus.id)}"]`);
    const place = row?.querySelector(`[data-part="${focus.part}"]`) ?? document.querySelector('[data-add="all"]');
    const inner = place?.querySelector('input:not([type="hidden"]), button');
    const found = inner ?? place;
    if (found instanceof HTMLElement) found.focus();
  }, [focus, criteria]);
}

const keepMs = 300;

/** What is not saved outlives a reload of the page, in this tab. */
function useKeep(criteria: Criteria, source: Criteria, draft: Draft): void {
  const [kept] = useDebouncedValue(criteria, keepMs);
  useEffect(() => {
    if (kept === source) draft.clear();
    else draft.write(writeFilters(kept, { keepIncomplete: true }).filters);
  }, [kept, source, draft]);
}

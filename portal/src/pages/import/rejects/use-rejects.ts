import { useEffect, useRef, useState } from 'react';
import type { ImportLedger } from '../sending/import-ledger.ts';
import { makeRejects, type RejectsOrder, rejectsName } from './make-rejects.ts';

export type RejectsState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'making'; readonly share: number }
  | { readonly kind: 'made'; readonly lineCount: number }
  | { readonly kind: 'refused'; readonly problem: 'otherFile' | 'failed' }
  | { readonly kind: 'problem'; readonly error: unknown };

/** The address of a made file is given back to the browser after this; by then the download has begun. */
const addressMs = 60_000;

/** Makes the file of rejects and hands it to the browser. */
export function useRejects(ledger: ImportLedger, list: { hasColumns: boolean }) {
  const [state, setState] = useState<RejectsState>({ kind: 'idle' });
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);

  const make = (file: File, outcomes: RejectsOrder['outcomes']) => {
    const control = new AbortController();
    running.current = control;
    setState({ kind: 'making', share: 0 });
    const shape = { identifierType: ledger.identifierType, hasHeader: ledger.headerCount > 0, ...list };
    const onProgress = (share: number) => setState({ kind: 'making', share });
    makeRejects(
      { importId: ledger.id, file, lineCount: ledger.lineCount, outcomes, shape },
      { signal: control.signal, onProgress },
    ).then(
      (result) => {
        if ('problem' in result) return setState({ kind: 'refused', problem: result.problem });
        download(result.file, rejectsName(file.name));
        const counts = {
          invalid: ledger.invalidCount,
          unmatched: ledger.unmatchedCount,
          ambiguous: ledger.ambiguousCount,
        };
        setState({ kind: 'made', lineCount: outcomes.reduce((sum, outcome) => sum + counts[outcome], 0) });
      },
      (error: unknown) => {
        if (!control.signal.aborted) setState({ kind: 'problem', error });
      },
    );
  };
  const cancel = () => {
    running.current?.abort();
    setState({ kind: 'idle' });
  };
  return { state, make, cancel };
}

function download(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), addressMs);
}

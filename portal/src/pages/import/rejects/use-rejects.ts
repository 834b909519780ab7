import { useEffect, useRef, useState } from 'react';
import { shapeOfImport } from '../line-texts/line-source.ts';
import type { ImportLedger } from '../sending/import-ledger.ts';
import { makeRejects, type RejectsOrder, rejectsName } from './make-rejects.ts';

export type RejectsState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'making'; readonly share: number }
  | { readonly kind: 'made'; readonly lineCount: number; readonly address: string; readonly name: string }
  | { readonly kind: 'refused'; readonly problem: 'otherFile' | 'failed' }
  | { readonly kind: 'problem'; readonly error: unknown };

/** Makes the file of rejects and hands it to the browser. */
export function useRejects(ledger: ImportLedger, list: { hasColumns: boolean; sheet: number | undefined }) {
  const [state, setState] = useState<RejectsState>({ kind: 'idle' });
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);
  const address = state.kind === 'made' ? state.address : undefined;
  // The link to a made file works as long as it is shown.
  useEffect(() => (address === undefined ? undefined : () => URL.revokeObjectURL(address)), [address]);

  const make = (file: File, outcomes: RejectsOrder['outcomes']) => {
    const control = new AbortController();
    running.current = control;
    setState({ kind: 'making', share: 0 });
    const { hasColumns, sheet } = list;
    const shape = { identifierType: ledger.identifierType, ...shapeOfImport(ledger, { hasColumns }) };
    const onProgress = (share: number) => setState({ kind: 'making', share });
    makeRejects(
      { importId: ledger.id, file, sheet, lineCount: ledger.lineCount, outcomes, shape },
      { signal: control.signal, onProgress },
    ).then(
      (result) => {
        if ('problem' in result) return setState({ kind: 'refused', problem: result.problem });
        const counts = {
          invalid: ledger.invalidCount,
          unmatched: ledger.unmatchedCount,
          ambiguous: ledger.ambiguousCount,
        };
        const lineCount = outcomes.reduce((sum, outcome) => sum + counts[outcome], 0);
        const made = { address: URL.createObjectURL(result.file), name: rejectsName(file.name) };
        setState({ kind: 'made', lineCount, ...made });
        download(made);
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

/** A browser may hold back a file that comes long after the press: the link that is shown beside saves it then. */
function download({ address, name }: { address: string; name: string }): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

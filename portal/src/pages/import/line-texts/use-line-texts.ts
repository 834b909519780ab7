import { useEffect, useState } from 'react';
import type { NamedLine } from '../reading/record-picker.ts';
import { type FromLineTextsWorker, type LineSource, readLineTexts } from './read-line-texts.ts';

const none: FromLineTextsWorker = { texts: new Map() };

/**
 * The texts of the lines that are shown, as long as they are shown: they stand in no cache, no storage and no address.
 *
 * @param lines the same array as long as they are the same lines
 */
export function useLineTexts(source: LineSource | undefined, lines: readonly NamedLine[]): FromLineTextsWorker {
  const [answer, setAnswer] = useState(none);
  useEffect(() => {
    if (source === undefined || lines.length === 0) return;
    const control = new AbortController();
    const wanted = lines.map(({ recordNumber, reason }) => ({ recordNumber, reason }));
    // Whoever asked is gone.
    readLineTexts({ source, lines: wanted }, control.signal).then(setAnswer, () => undefined);
    return () => control.abort();
  }, [source, lines]);
  return answer;
}

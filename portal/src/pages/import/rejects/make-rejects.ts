import { answered, api } from '../../../api/client.ts';
import { nextStart } from '../../../api/next-page.ts';
import { textFileOf } from '../workbook/text-file.ts';
import type { RejectShape } from './reject-file.ts';
import type { FromRejectsWorker, ToRejectsWorker } from './rejects.worker.ts';

/** The largest page that the API gives. */
const pageLines = 1_000;

export interface RejectsOrder {
  readonly importId: string;
  /** The file that was imported, or the same one chosen again. */
  readonly file: File;
  /** Of a workbook that is chosen again. */
  readonly sheet: number | undefined;
  readonly lineCount: number;
  readonly outcomes: readonly ('invalid' | 'unmatched' | 'ambiguous')[];
  readonly shape: RejectShape;
}

export type RejectsResult =
  | { readonly file: Blob }
  /** The file has another number of lines than the import saw. */
  | { readonly problem: 'otherFile' | 'failed' };

/**
 * Makes the file of the lines that became nobody: their numbers from the server, their text from the user's own file,
 * which is read here and sent nowhere.
 *
 * @param onProgress told the share that is done, 0..1
 */
export async function makeRejects(
  order: RejectsOrder,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (share: number) => void },
): Promise<RejectsResult> {
  const worker = new Worker(new URL('./rejects.worker.ts', import.meta.url), { type: 'module' });
  const post = (message: ToRejectsWorker) => worker.postMessage(message);
  try {
    const made = await textFileOf(order.file, { sheet: order.sheet, signal, onShare: () => undefined });
    if ('problem' in made) return { problem: 'failed' };
    for await (const { lines, share } of pagesOfLines(order, signal)) {
      post({ kind: 'lines', lines });
      onProgress(share / 2);
    }
    const written = await new Promise<FromRejectsWorker>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<FromRejectsWorker>) => {
        if (data.kind === 'progress') onProgress(0.5 + data.share / 2);
        else resolve(data);
      };
      worker.onerror = () => resolve({ kind: 'failed' });
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      post({ kind: 'write', file: made.file, shape: order.shape });
    });
    if (written.kind !== 'written') return { problem: 'failed' };
    return isSameFile(written, order) ? { file: written.file } : { problem: 'otherFile' };
  } finally {
    worker.terminate();
  }
}

/** Of records the server counts each once, however many lines it has: then there are at least as many lines. */
function isSameFile(written: { lineCount: number; hasAll: boolean }, { lineCount, shape }: RejectsOrder): boolean {
  return written.hasAll && (shape.hasColumns ? written.lineCount >= lineCount : written.lineCount === lineCount);
}

async function* pagesOfLines({ importId, outcomes }: RejectsOrder, signal: AbortSignal) {
  let start: string | undefined;
  let seen = 0;
  do {
    const query = { outcome: [...outcomes], limit: pageLines, ...(start === undefined ? {} : { start }) };
    const page = await answered(
      api.GET('/service/customerAudienceImports/{importId}/lines', { params: { path: { importId }, query }, signal }),
    );
    seen += page.items.length;
    const lines = page.items.map(({ recordNumber, outcome, reason = '' }) => ({ recordNumber, outcome, reason }));
    yield { lines, share: seen / Math.max(1, page.count ?? seen) };
    start = nextStart(page.nextPage_url);
  } while (start !== undefined);
}

/** "spring.csv.gz" -> "spring.rejects.csv" */
export function rejectsName(fileName: string): string {
  return `${fileName.replace(/\.gz$/i, '').replace(/\.(?:csv|txt|tsv|xls[xm])$/i, '')}.rejects.csv`;
}

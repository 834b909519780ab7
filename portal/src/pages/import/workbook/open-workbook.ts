import type { FromWorkbookWorker, ToWorkbookWorker } from './workbook.worker.ts';
import type { WorkbookList } from './workbook-list.ts';
import type { WorkbookProblem } from './workbook-problem.ts';

export interface OpenOptions {
  /** Position of the sheet from 0; undefined for the first one with something in it. */
  readonly sheet?: number | undefined;
  readonly signal: AbortSignal;
  /** Told the share that is read, 0..1. */
  readonly onShare: (share: number) => void;
}

export type WorkbookAnswer = { readonly list: WorkbookList } | { readonly problem: WorkbookProblem };

/** Makes a list of one sheet of a workbook. The file stays where it is. @throws the signal's reason */
export async function openWorkbook(file: Blob, { sheet, signal, onShare }: OpenOptions): Promise<WorkbookAnswer> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./workbook.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<WorkbookAnswer>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorkbookWorker>) => {
        if (data.kind === 'progress') onShare(data.share);
        else resolve(data.kind === 'read' ? { list: data.list } : { problem: data.problem });
      };
      worker.onerror = () => resolve({ problem: 'workbookBroken' });
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      const order: ToWorkbookWorker = { file, sheet };
      worker.postMessage(order);
    });
  } finally {
    worker.terminate();
  }
}

import { readWorkbook, type WorkbookList } from './workbook-list.ts';
import { type WorkbookProblem, WorkbookRefused } from './workbook-problem.ts';

export interface ToWorkbookWorker {
  readonly file: Blob;
  readonly sheet: number | undefined;
}

export type FromWorkbookWorker =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'read'; readonly list: WorkbookList }
  | { readonly kind: 'refused'; readonly problem: WorkbookProblem };

/** Reads a workbook, off the thread that draws. It comes with its libraries only when there is a workbook. */
addEventListener('message', ({ data }: MessageEvent<ToWorkbookWorker>) => void read(data));

async function read({ file, sheet }: ToWorkbookWorker): Promise<void> {
  try {
    const list = await readWorkbook(file, { sheet, onShare: (share) => answer({ kind: 'progress', share }) });
    answer({ kind: 'read', list });
  } catch (error) {
    // Whatever a damaged file makes of the readers: it is one that cannot be read.
    answer({ kind: 'refused', problem: error instanceof WorkbookRefused ? error.problem : 'workbookBroken' });
  }
}

function answer(message: FromWorkbookWorker): void {
  postMessage(message);
}

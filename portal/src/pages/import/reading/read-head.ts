import type { ListHead } from './list-head.ts';
import type { ChosenCharset, Unreadable } from './list-text.ts';

export interface HeadRead {
  readonly head: ListHead;
  readonly isZipped: boolean;
  /** Lines of the whole file: exact when it was read whole, unknown for a packed one that was not. */
  readonly lineEstimate: number | undefined;
}

export interface ToHeadWorker {
  readonly file: Blob;
  /** What somebody said that it is in. */
  readonly charset: ChosenCharset | undefined;
}

export type HeadProblem = Unreadable | 'broken';
export type HeadAnswer = { readonly read: HeadRead } | { readonly problem: HeadProblem };

/** What the beginning of a file tells. The file stays where it is. */
export async function readHead(file: Blob, charset?: ChosenCharset): Promise<HeadAnswer> {
  const worker = new Worker(new URL('./head.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<HeadAnswer>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<HeadAnswer>) => resolve(data);
      worker.onerror = () => resolve({ problem: 'broken' });
      const order: ToHeadWorker = { file, charset };
      worker.postMessage(order);
    });
  } finally {
    worker.terminate();
  }
}

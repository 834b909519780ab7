import type { ListShape, NamedLine } from '../reading/record-picker.ts';

/** The file that an import was made of, while this window still has it. */
export interface LineSource {
  readonly file: File;
  readonly shape: ListShape;
}

export interface ToLineTextsWorker {
  readonly source: LineSource;
  /** Ascending by their numbers. */
  readonly lines: readonly NamedLine[];
}

export type FromLineTextsWorker = { readonly texts: ReadonlyMap<number, string> } | { readonly problem: 'failed' };

/** The beginning of each line by its number, from the file on this computer. @throws the signal's reason */
export async function readLineTexts(order: ToLineTextsWorker, signal: AbortSignal): Promise<FromLineTextsWorker> {
  const worker = new Worker(new URL('./line-texts.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<FromLineTextsWorker>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<FromLineTextsWorker>) => resolve(data);
      worker.onerror = () => resolve({ problem: 'failed' });
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      worker.postMessage(order);
    });
  } finally {
    worker.terminate();
  }
}

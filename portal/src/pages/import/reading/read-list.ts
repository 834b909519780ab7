import { type ChosenWorkbook, textFileOf } from '../workbook/text-file.ts';
import type { WorkbookProblem } from '../workbook/workbook-problem.ts';
import type { ChosenCharset } from './list-text.ts';
import { type HeadProblem, type HeadRead, readHead } from './read-head.ts';

/** How a file is to be read, where what was found is not meant. */
export interface ReadingWay {
  /** Of a workbook, by its position from 0. */
  readonly sheet?: number;
  readonly charset?: ChosenCharset;
}

export interface ListRead extends HeadRead {
  /** What is sent: the file that was chosen, or the text of a sheet. */
  readonly file: File;
  readonly workbook?: ChosenWorkbook;
}

export type ListProblem = HeadProblem | WorkbookProblem;
export type ListAnswer = { readonly read: ListRead } | { readonly problem: ListProblem };

/** Looks at a file that was chosen. @throws the signal's reason */
export async function readList(
  source: File,
  options: ReadingWay & { signal: AbortSignal; onShare: (share: number) => void },
): Promise<ListAnswer> {
  const made = await textFileOf(source, options);
  if ('problem' in made) return made;
  const answer = await readHead(made.file, options.charset);
  options.signal.throwIfAborted();
  if ('problem' in answer) return answer;
  // Of a sheet all lines have been seen.
  const counted = made.workbook === undefined ? {} : { lineEstimate: made.workbook.lineCount };
  return { read: { ...answer.read, ...made, ...counted } };
}

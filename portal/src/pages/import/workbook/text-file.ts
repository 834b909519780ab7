import { unreadable } from '../reading/list-text.ts';
import { type OpenOptions, openWorkbook } from './open-workbook.ts';
import type { SheetNotes } from './sheet-reader.ts';
import type { SheetName } from './workbook-list.ts';
import type { WorkbookProblem } from './workbook-problem.ts';

/** The workbook that a list was made of. */
export interface ChosenWorkbook {
  /** The workbook itself; what is sent is the text of its sheet. */
  readonly source: File;
  readonly sheets: readonly SheetName[];
  readonly sheet: number;
  readonly lineCount: number;
  readonly notes: SheetNotes;
}

export type TextFile =
  | { readonly file: File; readonly workbook?: ChosenWorkbook }
  | { readonly problem: WorkbookProblem };

/**
 * A file as the text that is sent of it: itself, or a sheet of a workbook under the name of the workbook, by which
 * people know it again. @throws the signal's reason
 */
export async function textFileOf(source: File, options: OpenOptions): Promise<TextFile> {
  const start = new Uint8Array(await source.slice(0, 8).arrayBuffer());
  if (unreadable(start) !== 'workbook') return { file: source };
  const answer = await openWorkbook(source, options);
  if ('problem' in answer) return answer;
  const { text, sheets, sheet, lineCount, notes } = answer.list;
  const file = new File([text], source.name, { type: 'text/csv' });
  return { file, workbook: { source, sheets, sheet, lineCount, notes } };
}

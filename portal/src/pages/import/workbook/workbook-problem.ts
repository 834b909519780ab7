/** Why a workbook cannot be taken; `text.ts` says what to do. */
export type WorkbookProblem =
  | 'archive'
  | 'otherWorkbook'
  | 'oldWorkbook'
  | 'encryptedWorkbook'
  | 'workbookTooLarge'
  | 'workbookBroken'
  | 'emptyWorkbook';

/** Ends the reading of a workbook. Whatever else goes wrong in one is `workbookBroken`. */
export class WorkbookRefused extends Error {
  readonly problem: WorkbookProblem;
  constructor(problem: WorkbookProblem) {
    super(problem);
    this.name = 'WorkbookRefused';
    this.problem = problem;
  }
}

import { formatCount } from '../../../text/en.ts';

const numbers = (count: number) => (count === 1 ? '1 number' : `${formatCount(count)} numbers`);
const rows = (count: number) => (count === 1 ? '1 row' : `${formatCount(count)} rows`);
const asCsv = 'In Excel choose File, Save As, “CSV UTF-8 (Comma delimited)”, then drop that file here.';

export const text = {
  rows,
  reading: 'Reading the workbook',
  cancel: 'Cancel',
  sheet: 'Sheet',
  sheetOption: (name: string, isHidden: boolean) => (isHidden ? `${name} (hidden)` : name),
  ofSheet: (name: string) => `sheet “${name}”`,
  firstRows: 'First rows',
  firstRowsNote: 'As they will be read. Line numbers are the row numbers of the sheet.',
  table: 'First rows of the sheet',
  row: 'Row',
  notes: {
    padded: (count: number) =>
      `${numbers(count)} ${count === 1 ? 'is' : 'are'} read as Excel shows ${count === 1 ? 'it' : 'them'}, with the zeros in front that only the number format has.`,
    lostDigitsTitle: 'Some numbers have more digits than Excel keeps',
    lostDigits: (count: number) =>
      `${numbers(count)} ${count === 1 ? 'has' : 'have'} over 15 digits. Excel has put zeros in place of the last ones for good: export the list again with the column formatted as Text.`,
    hidden: (count: number) =>
      `${rows(count)} that Excel hides (by a filter, or by hand) ${count === 1 ? 'is' : 'are'} part of the list.`,
    errors: (count: number) =>
      `${count === 1 ? '1 cell with an error such as #N/A is' : `${formatCount(count)} cells with an error such as #N/A are`} read as empty.`,
  },
  refused: {
    archive: {
      title: (name: string) => `${name} is an archive`,
      body: 'Unpack it, then drop the list itself here. Of archives only .gz can be read.',
    },
    otherWorkbook: {
      title: (name: string) => `${name} is a workbook of another format`,
      body: 'Of workbooks only Excel’s .xlsx can be read. Save it as .xlsx, or save the sheet as CSV, then drop that file here.',
    },
    oldWorkbook: {
      title: (name: string) => `${name} is an old Excel workbook (.xls)`,
      body: 'Open it in Excel, choose File, Save As, “Excel Workbook (.xlsx)”, then drop that file here.',
    },
    encryptedWorkbook: {
      title: (name: string) => `${name} is protected by a password`,
      body: `Rollcall cannot open it. Take the password off in Excel (File, Info, Protect Workbook), or save the sheet as CSV. ${asCsv}`,
    },
    workbookTooLarge: {
      title: (name: string) => `${name} is too large a workbook`,
      body: `The browser reads workbooks of up to 200 MB. Save the sheet as CSV, which may have 1 GB. ${asCsv}`,
    },
    workbookBroken: {
      title: (name: string) => `${name} cannot be read`,
      body: `The workbook is damaged, or was written in a way that Rollcall does not know. Save the sheet as CSV. ${asCsv}`,
    },
    emptyWorkbook: {
      title: (name: string) => `${name} has nothing on that sheet`,
      body: 'Choose a sheet with at least one filled cell.',
    },
  },
} as const;

import { readNumberFormats } from './number-formats.ts';
import { oldWorkbookProblem } from './old-workbook.ts';
import { readSharedStrings } from './shared-strings.ts';
import { type SheetBook, type SheetNotes, SheetReader } from './sheet-reader.ts';
import { SheetText } from './sheet-text.ts';
import { findParts, type SheetPart } from './workbook-parts.ts';
import { WorkbookRefused } from './workbook-problem.ts';
import { openPackage, type ZipPackage } from './zip-package.ts';

/** One sheet of a workbook as a list. */
export interface WorkbookList {
  /** UTF-8, commas; line N is row N of the sheet. */
  readonly text: Blob;
  readonly lineCount: number;
  readonly sheets: readonly SheetName[];
  /** Position in `sheets` of the one that was read. */
  readonly sheet: number;
  readonly notes: SheetNotes;
}

export interface SheetName {
  readonly name: string;
  readonly isHidden: boolean;
}

/** A workbook is held against these before anything of it is unpacked. */
const fileBytesMax = 200 * 1_024 * 1_024;
const sheetBytesMax = 2 * 1_024 * 1_024 * 1_024;

/**
 * Reads one sheet of an Excel workbook (ECMA-376) as text: every cell exactly, as {@link SheetReader} says.
 *
 * @param options.sheet position from 0; without it the first one with something in it that is not hidden
 * @param options.onShare told the share that is read, 0..1
 * @throws WorkbookRefused, or any other error for damaged bytes
 */
export async function readWorkbook(
  file: Blob,
  options: { sheet?: number | undefined; onShare: (share: number) => void },
): Promise<WorkbookList> {
  const old = await oldWorkbookProblem(file);
  if (old !== undefined) throw new WorkbookRefused(old);
  if (file.size > fileBytesMax) throw new WorkbookRefused('workbookTooLarge');
  const zip = await openPackage(file);
  const { sheets, stringsPath, stylesPath, isFrom1904 } = await findParts(zip);
  const wanted = wantedSheets(sheets, options.sheet);
  const first = wanted[0];
  const progress = createProgress(zip.sizeOf(stringsPath) + zip.sizeOf(first?.path ?? ''), options.onShare);
  const strings = await readSharedStrings(zip, stringsPath, progress);
  const book = { strings, formats: await readNumberFormats(zip, stylesPath), isFrom1904 };
  for (const part of wanted) {
    const read = await readSheet(zip, part, { book, onRead: progress });
    if (read.lineCount > 0) return { ...read, sheets: sheets.map(nameOf), sheet: sheets.indexOf(part) };
  }
  throw new WorkbookRefused('emptyWorkbook');
}

function wantedSheets(sheets: readonly SheetPart[], wanted: number | undefined): readonly SheetPart[] {
  if (wanted !== undefined) return sheets.slice(wanted, wanted + 1);
  const shown = sheets.filter(({ isHidden }) => !isHidden);
  return shown.length === 0 ? sheets : shown;
}

async function readSheet(
  zip: ZipPackage,
  { path }: SheetPart,
  { book, onRead }: { book: SheetBook; onRead: (characters: number) => void },
) {
  const text = new SheetText();
  const reader = new SheetReader(book, (rowNumber, cells) => text.row(rowNumber, cells));
  await zip.read(path, {
    bytesMax: sheetBytesMax,
    onText(piece) {
      reader.write(piece);
      onRead(piece.length);
    },
  });
  const notes = reader.end();
  return { text: text.end(), lineCount: text.lineCount, notes };
}

function nameOf({ name, isHidden }: SheetPart): SheetName {
  return { name, isHidden };
}

/** Told a hundred times at most: each time is a message to the page. */
function createProgress(total: number, onShare: (share: number) => void): (characters: number) => void {
  let read = 0;
  let told = 0;
  return (characters) => {
    read += characters;
    const share = Math.min(1, read / Math.max(1, total));
    if (share - told < 0.01) return;
    told = share;
    onShare(share);
  };
}

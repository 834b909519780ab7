import type { NumberFormat } from './number-formats.ts';
import { numberText } from './number-text.ts';
import { createTextCollector, unescaped } from './text-collector.ts';
import { createXmlReader, type XmlReader } from './xml-reader.ts';

/** What there is to know of the cells that a list does not show. */
export interface SheetNotes {
  /** Numbers with zeros in front that only their format has. */
  readonly paddedCount: number;
  /** Numbers of over 15 digits. */
  readonly lostDigitsCount: number;
  /** Rows with something in them that Excel does not show: a filter, or hidden by hand. */
  readonly hiddenRowCount: number;
  /** Cells with an error such as #N/A: they are read as empty. */
  readonly errorCount: number;
}

export interface SheetBook {
  readonly strings: readonly string[];
  readonly formats: readonly NumberFormat[];
  readonly isFrom1904: boolean;
}

/** Told each row with something in it, by its number in the sheet. */
export type OnRow = (rowNumber: number, cells: readonly string[]) => void;

/** What a sheet of Excel has at most. */
const rowsMax = 1_048_576;
const columnsMax = 16_384;

const plain: NumberFormat = { kind: 'plain' };

/** Reads the cells of a worksheet part row by row. @throws Error for rows or cells that no sheet can have */
export class SheetReader {
  readonly #book: SheetBook;
  readonly #onRow: OnRow;
  readonly #xml: XmlReader;
  readonly #inline = createTextCollector();
  readonly #notes = { paddedCount: 0, lostDigitsCount: 0, hiddenRowCount: 0, errorCount: 0 };
  #cells: string[] = [];
  #rowNumber = 0;
  #isRowHidden = false;
  #column = 0;
  #type = '';
  #format = plain;
  #value = '';
  #isInValue = false;

  constructor(book: SheetBook, onRow: OnRow) {
    this.#book = book;
    this.#onRow = onRow;
    this.#xml = createXmlReader({
      onOpen: (name, attribute) => this.#open(name, attribute),
      onText: (text) => {
        if (this.#isInValue) this.#value += text;
        else this.#inline.text(text);
      },
      onClose: (name) => this.#close(name),
    });
  }

  write(text: string): void {
    this.#xml.write(text);
  }

  end(): SheetNotes {
    this.#xml.close();
    return this.#notes;
  }

  #open(name: string, attribute: (name: string) => string): void {
    if (name === 'v') this.#isInValue = true;
    else if (name === 'c') this.#openCell(attribute);
    else if (name === 'row') this.#openRow(attribute);
    else if (name === 'is') this.#inline.begin();
    else this.#inline.open(name);
  }

  #openRow(attribute: (name: string) => string): void {
    const named = Number(attribute('r')) || this.#rowNumber + 1;
    if (!Number.isInteger(named) || named <= this.#rowNumber || named > rowsMax) throw outOfSheet();
    this.#rowNumber = named;
    this.#isRowHidden = ['1', 'true'].includes(attribute('hidden'));
    this.#cells = [];
    this.#column = 0;
  }

  #openCell(attribute: (name: string) => string): void {
    this.#column = columnOf(attribute('r')) ?? this.#column + 1;
    if (this.#column > columnsMax) throw outOfSheet();
    this.#type = attribute('t');
    this.#format = this.#book.formats[Number(attribute('s'))] ?? plain;
    this.#value = '';
    this.#inline.begin();
  }

  #close(name: string): void {
    this.#inline.close(name);
    if (name === 'v') this.#isInValue = false;
    else if (name === 'c') this.#closeCell();
    else if (name === 'row') this.#closeRow();
  }

  #closeCell(): void {
    const text = this.#text();
    if (text === '') return;
    while (this.#cells.length < this.#column - 1) this.#cells.push('');
    this.#cells[this.#column - 1] = text;
  }

  #closeRow(): void {
    if (this.#cells.length === 0) return;
    if (this.#isRowHidden) this.#notes.hiddenRowCount += 1;
    this.#onRow(this.#rowNumber, this.#cells);
  }

  #text(): string {
    const value = this.#value;
    if (this.#type === 'inlineStr') return this.#inline.take();
    if (value === '') return '';
    if (this.#type === 's') return this.#book.strings[Number(value)] ?? '';
    if (this.#type === 'str') return unescaped(value);
    if (this.#type === 'b') return value === '1' ? 'TRUE' : 'FALSE';
    if (this.#type === 'd') return value;
    if (this.#type === 'e') {
      this.#notes.errorCount += 1;
      return '';
    }
    const { text, isPadded, hasLostDigits } = numberText(value, this.#format, this.#book);
    if (isPadded) this.#notes.paddedCount += 1;
    if (hasLostDigits) this.#notes.lostDigitsCount += 1;
    return text;
  }
}

/** "AB12" -> 28; undefined for a cell that says no place: it follows the one before. */
function columnOf(reference: string): number | undefined {
  let column = 0;
  for (const character of reference) {
    const letter = character.charCodeAt(0) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column === 0 ? undefined : column;
}

function outOfSheet(): Error {
  return new Error('The sheet has a row or a column where no sheet has one.');
}

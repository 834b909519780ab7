import { BlobWriter, configure, TextReader, ZipWriter } from '@zip.js/zip.js/lib/zip-core-native.js';

/** Workbooks for tests, written as the few parts that make one. */
export interface FixtureSheet {
  readonly name: string;
  /** XML of the rows. */
  readonly rows: string;
  readonly state?: 'hidden' | 'veryHidden';
}

export interface Fixture {
  readonly sheets: readonly FixtureSheet[];
  readonly strings?: readonly string[];
  /** Number format codes; style N + 1 has code N, style 0 is General. */
  readonly formats?: readonly string[];
  readonly isFrom1904?: boolean;
  /** Parts in place of, or besides, those that are written. */
  readonly parts?: Readonly<Record<string, string>>;
}

const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const firstCustomFormat = 164;

configure({ useWebWorkers: false });

/** A workbook of rows whose cells are text, or numbers where `sheet` gives numbers. */
export function simpleRows(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((cells, index) => row(index + 1, cells.map(cell).join(''))).join('');
}

export function row(number: number, cells: string): string {
  return `<row r="${number}">${cells}</row>`;
}

function cell(value: string | number): string {
  if (typeof value === 'number') return `<c><v>${value}</v></c>`;
  return `<c t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
}

export function workbook({ sheets, strings, formats = [], isFrom1904 = false, parts = {} }: Fixture): Promise<Blob> {
  const relation = (id: string, kind: string, target: string) =>
    `<Relationship Id="${id}" Type="${office}/${kind}" Target="${target}"/>`;
  const tabs = sheets.map(
    ({ name, state }, index) =>
      `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="s${index}"${state ? ` state="${state}"` : ''}/>`,
  );
  const codes = formats.map(
    (code, index) => `<numFmt numFmtId="${firstCustomFormat + index}" formatCode="${escaped(code)}"/>`,
  );
  const styles = formats.map((_, index) => `<xf numFmtId="${firstCustomFormat + index}"/>`);
  return zipped({
    '_rels/.rels': `<Relationships>${relation('r1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml': `<workbook ${main} xmlns:r="${office}"><workbookPr date1904="${Number(isFrom1904)}"/><sheets>${tabs.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${sheets
      .map((_, index) => relation(`s${index}`, 'worksheet', `worksheets/sheet${index + 1}.xml`))
      .join(
        '',
      )}${relation('x1', 'styles', '/xl/styles.xml')}${relation('x2', 'sharedStrings', 'sharedStrings.xml')}</Relationships>`,
    'xl/styles.xml': `<styleSheet ${main}><numFmts>${codes.join('')}</numFmts><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${styles.join('')}</cellXfs></styleSheet>`,
    ...(strings === undefined
      ? {}
      : { 'xl/sharedStrings.xml': `<sst ${main}>${strings.map((si) => `<si>${si}</si>`).join('')}</sst>` }),
    ...Object.fromEntries(
      sheets.map(({ rows }, index) => [
        `xl/worksheets/sheet${index + 1}.xml`,
        `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet ${main}><sheetData>${rows}</sheetData></worksheet>`,
      ]),
    ),
    ...parts,
  });
}

export async function zipped(
  parts: Readonly<Record<string, string>>,
  options: { password?: string } = {},
): Promise<Blob> {
  const writer = new ZipWriter(new BlobWriter(), options);
  for (const [name, text] of Object.entries(parts)) await writer.add(name, new TextReader(text));
  return await writer.close();
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

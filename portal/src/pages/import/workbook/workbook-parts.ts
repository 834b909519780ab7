import { WorkbookRefused } from './workbook-problem.ts';
import { createXmlReader, type XmlHandlers } from './xml-reader.ts';
import type { ZipPackage } from './zip-package.ts';

export interface SheetPart {
  readonly name: string;
  readonly path: string;
  /** Not among the tabs that Excel shows. */
  readonly isHidden: boolean;
}

/** Where the parts of a workbook are that a list needs. */
export interface WorkbookParts {
  /** Those with cells, in the order of their tabs. */
  readonly sheets: readonly SheetPart[];
  readonly stringsPath: string;
  readonly stylesPath: string;
  /** Days are counted from 1904, as old Macs did. */
  readonly isFrom1904: boolean;
}

interface Relation {
  readonly id: string;
  /** The last part of its type: `worksheet`, `styles`; the same in the transitional and the strict form. */
  readonly kind: string;
  readonly path: string;
}

/** The small parts, which name the others. */
const smallPartBytesMax = 16 * 1_024 * 1_024;
const sheetsMax = 1_000;

/** @throws WorkbookRefused for a package that is no workbook, or one of another format */
export async function findParts(zip: ZipPackage): Promise<WorkbookParts> {
  const workbook = (await relationsOf(zip, '')).find(({ kind }) => kind === 'officeDocument')?.path ?? '';
  if (!zip.has(workbook)) throw new WorkbookRefused(kindOfOther(zip));
  if (workbook.endsWith('.bin')) throw new WorkbookRefused('otherWorkbook');
  const relations = await relationsOf(zip, workbook);
  const worksheets = new Map(relations.filter(({ kind }) => kind === 'worksheet').map(({ id, path }) => [id, path]));
  const pathOf = (kind: string) => relations.find((relation) => relation.kind === kind)?.path ?? '';
  const sheets: SheetPart[] = [];
  let isFrom1904 = false;
  await readXml(zip, workbook, {
    onOpen(name, attribute) {
      if (name === 'workbookPr') isFrom1904 = ['1', 'true'].includes(attribute('date1904'));
      if (name !== 'sheet' || sheets.length === sheetsMax) return;
      // Charts and dialogs have a tab too, but no cells.
      const path = worksheets.get(attribute('id'));
      if (path === undefined || !zip.has(path)) return;
      const isHidden = attribute('state').toLowerCase().endsWith('hidden');
      sheets.push({ name: attribute('name'), path, isHidden });
    },
  });
  if (sheets.length === 0) throw new WorkbookRefused('workbookBroken');
  return { sheets, stringsPath: pathOf('sharedStrings'), stylesPath: pathOf('styles'), isFrom1904 };
}

/** Reads one of the small parts whole. */
export async function readXml(zip: ZipPackage, path: string, handlers: XmlHandlers): Promise<void> {
  if (!zip.has(path)) return;
  const reader = createXmlReader(handlers);
  await zip.read(path, { bytesMax: smallPartBytesMax, onText: reader.write });
  reader.close();
}

/** What a part (the package itself: '') refers to. */
async function relationsOf(zip: ZipPackage, path: string): Promise<Relation[]> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const relations: Relation[] = [];
  await readXml(zip, `${folder}_rels/${path.slice(folder.length)}.rels`, {
    onOpen(name, attribute) {
      if (name !== 'Relationship' || attribute('TargetMode') === 'External') return;
      const kind = attribute('Type').slice(attribute('Type').lastIndexOf('/') + 1);
      // The URL resolves `..` and the leading slash of a path from the root; its host is none, and nobody asks it.
      const path = decodeURIComponent(new URL(attribute('Target'), `http://package/${folder}`).pathname.slice(1));
      relations.push({ id: attribute('Id'), kind, path });
    },
  });
  return relations;
}

/** OpenDocument and Numbers are ZIP files as well. */
function kindOfOther(zip: ZipPackage): 'otherWorkbook' | 'archive' {
  const isOpenDocument = zip.has('mimetype') && zip.has('content.xml');
  return isOpenDocument || zip.has('Index/Document.iwa') ? 'otherWorkbook' : 'archive';
}

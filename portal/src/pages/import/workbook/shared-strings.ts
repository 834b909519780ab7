import { createTextCollector } from './text-collector.ts';
import { WorkbookRefused } from './workbook-problem.ts';
import { createXmlReader } from './xml-reader.ts';
import type { ZipPackage } from './zip-package.ts';

/** They are all held in memory while the sheet is read. */
const stringsBytesMax = 256 * 1_024 * 1_024;
const stringsMax = 20_000_000;

/** The texts that cells refer to by their position. */
export async function readSharedStrings(
  zip: ZipPackage,
  path: string,
  onRead: (characters: number) => void,
): Promise<readonly string[]> {
  const strings: string[] = [];
  if (!zip.has(path)) return strings;
  const collector = createTextCollector();
  const reader = createXmlReader({
    onOpen(name) {
      if (name === 'si') collector.begin();
      else collector.open(name);
    },
    onText: collector.text,
    onClose(name) {
      collector.close(name);
      if (name !== 'si') return;
      if (strings.length === stringsMax) throw new WorkbookRefused('workbookTooLarge');
      strings.push(collector.take());
    },
  });
  await zip.read(path, {
    bytesMax: stringsBytesMax,
    onText(text) {
      reader.write(text);
      onRead(text.length);
    },
  });
  reader.close();
  return strings;
}

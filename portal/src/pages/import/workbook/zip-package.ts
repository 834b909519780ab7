import { BlobReader, configure, type Entry, type FileEntry, ZipReader } from '@zip.js/zip.js/lib/zip-core-native.js';
import { WorkbookRefused } from './workbook-problem.ts';

/** The parts of an Office file (ECMA-376 part 2) by their names, e.g. `xl/workbook.xml`. */
export interface ZipPackage {
  has(name: string): boolean;
  /** Unpacked bytes of a part as its directory says; 0 for one that is not there. */
  sizeOf(name: string): number;
  /** Reads a part piece by piece; of one that is not there nothing. @throws WorkbookRefused over `bytesMax` */
  read(name: string, options: ReadOptions): Promise<void>;
}

interface ReadOptions {
  readonly bytesMax: number;
  readonly onText: (text: string) => void;
}

/** Workbooks have some dozens of parts; pictures make it hundreds. */
const partsMax = 10_000;

// This is a worker already; WebAssembly and workers made of text would need a laxer policy.
configure({ useWebWorkers: false, useCompressionStream: true });

/** @throws WorkbookRefused `encryptedWorkbook`, `workbookBroken`; whatever the unpacking throws at damaged bytes */
export async function openPackage(file: Blob): Promise<ZipPackage> {
  const entries = await entriesOf(file);
  return {
    has: (name) => entries.has(name),
    sizeOf: (name) => entries.get(name)?.uncompressedSize ?? 0,
    async read(name, { bytesMax, onText }) {
      const entry = entries.get(name);
      if (entry === undefined) return;
      // What the directory claims is refused at once; what comes is counted all the same.
      if (entry.uncompressedSize > bytesMax) throw new WorkbookRefused('workbookTooLarge');
      if (entry.encrypted) throw new WorkbookRefused('encryptedWorkbook');
      const decoder = new TextDecoder('utf-8', { fatal: true });
      let bytes = 0;
      let refusal: WorkbookRefused | undefined;
      const take = (chunk: Uint8Array) => {
        bytes += chunk.length;
        if (bytes > bytesMax) throw new WorkbookRefused('workbookTooLarge');
        onText(decoder.decode(chunk, { stream: true }));
      };
      const write = (chunk: Uint8Array) => {
        try {
          take(chunk);
        } catch (error) {
          // The library throws an error of its own in place of what its reader throws.
          if (error instanceof WorkbookRefused) refusal = error;
          throw error;
        }
      };
      await entry.getData(new WritableStream({ write })).catch((error: unknown) => {
        throw refusal ?? error;
      });
      onText(decoder.decode());
    },
  };
}

async function entriesOf(file: Blob): Promise<Map<string, FileEntry>> {
  const reader = new ZipReader(new BlobReader(file), { checkOverlappingEntry: true });
  const entries = new Map<string, FileEntry>();
  for await (const entry of reader.getEntriesGenerator()) {
    if (isFile(entry)) entries.set(entry.filename, entry);
    if (entries.size > partsMax) throw new WorkbookRefused('workbookBroken');
  }
  return entries;
}

function isFile(entry: Entry): entry is FileEntry {
  return !entry.directory;
}

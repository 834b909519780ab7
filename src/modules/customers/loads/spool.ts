import { type FileHandle, mkdir, mkdtemp, open, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** `links` are rows beside the rows, e.g. identifiers; `refusedKeys` name rows that were refused. */
export type SpoolFile = 'rows' | 'links' | 'refusedKeys';
/** File descriptors, which belong to the whole process. */
export type SpoolDescriptors = Readonly<Record<SpoolFile, number>>;

const chunkBytes = 1_048_576;

/** Where a load rests between body and transaction: rows in PostgreSQL's binary COPY format, envelopes sealed. */
export interface Spool extends AsyncDisposable {
  /** For the worker threads, which write. */
  readonly descriptors: SpoolDescriptors;
  /** From the beginning; may be read more than once. */
  chunks(file: SpoolFile): AsyncGenerator<Uint8Array>;
}

/**
 * Makes the files of a load in a private directory and takes their names away at once: the system frees them when the
 * last descriptor closes, so that even `kill -9` leaves nothing on disk.
 *
 * @param directory made (0700) where it is missing
 */
export async function openSpool(directory: string): Promise<Spool> {
  await using opened = new AsyncDisposableStack();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(directory, 'load-'));
  const openUnnamed = async (name: SpoolFile): Promise<FileHandle> => {
    const path = join(folder, name);
    const handle = await open(path, 'wx+', 0o600);
    opened.defer(() => handle.close());
    await unlink(path);
    return handle;
  };
  const files: Record<SpoolFile, FileHandle> = {
    rows: await openUnnamed('rows'),
    links: await openUnnamed('links'),
    refusedKeys: await openUnnamed('refusedKeys'),
  };
  await rmdir(folder);
  const running = opened.move();
  return {
    descriptors: { rows: files.rows.fd, links: files.links.fd, refusedKeys: files.refusedKeys.fd },
    chunks: (file) => readChunks(files[file]),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function* readChunks(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(chunkBytes), 0, chunkBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

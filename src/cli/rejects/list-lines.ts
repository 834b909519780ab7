import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';

/** A physical line of a list, counted from 1 as the server counts. */
export interface ListLine {
  readonly recordNumber: number;
  readonly text: string;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** Of a longer line only this much is kept: such a line is no list, and one file may be one line. */
const lineBytesMax = 64 * 1024;
/** Bytes of the longest byte-order mark, that of UTF-8. */
const markBytesMax = 3;

/**
 * The lines of a list by the rules of the contract: terminators CR LF, LF and CR, only the final one dropped; gzip
 * unpacked; a byte-order mark removed; UTF-16 by its mark, else UTF-8, and a line that is no UTF-8 as windows-1252.
 *
 * @param options.charset obeyed when given, a label of the Encoding Standard
 */
export async function* readListLines(path: string, options: { charset?: string } = {}): AsyncGenerator<ListLine> {
  const start = await firstBytes(path);
  const zipped = start[0] === 0x1f && start[1] === 0x8b;
  const bytes = zipped ? createReadStream(path).pipe(createGunzip()) : createReadStream(path);
  let recordNumber = 0;
  const decode = lineDecoder(options.charset);
  for await (const line of splitLines(asUtf8(bytes, options.charset))) {
    recordNumber += 1;
    yield { recordNumber, text: decode(line) };
  }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return buffer.subarray(0, bytesRead);
}

/** UTF-16 becomes UTF-8, everything else stays as it is; a byte-order mark goes. */
async function* asUtf8(chunks: AsyncIterable<Uint8Array>, charset: string | undefined): AsyncGenerator<Uint8Array> {
  let utf16: TextDecoder | undefined;
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let bytes = chunk;
    if (head !== undefined) {
      head = Buffer.concat([head, chunk]);
      if (head.length < markBytesMax) continue;
      utf16 = utf16Decoder(head, charset);
      bytes = withoutMark(head);
      head = undefined;
    }
    yield utf16 === undefined ? bytes : Buffer.from(utf16.decode(bytes, { stream: true }));
  }
  if (head !== undefined) yield head;
  if (utf16 !== undefined) yield Buffer.from(utf16.decode());
}

function utf16Decoder(head: Uint8Array, charset: string | undefined): TextDecoder | undefined {
  const named = /^utf-?16(le|be)?$/i.exec(charset ?? '');
  if (named !== null) return new TextDecoder(named[1]?.toLowerCase() === 'be' ? 'utf-16be' : 'utf-16le');
  if (charset !== undefined) return undefined;
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le');
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be');
  return undefined;
}

function withoutMark(head: Uint8Array): Uint8Array {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;
}

/** Lines as bytes, without their terminators. A terminator at the very end opens no further line. */
async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const held = new HeldLine();
  let afterCarriageReturn = false;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === lineFeed && afterCarriageReturn && at === from) from = at + 1;
      else if (byte === lineFeed || byte === carriageReturn) {
        yield held.take(chunk.subarray(from, at));
        from = at + 1;
      }
      afterCarriageReturn = byte === carriageReturn;
    }
    held.add(chunk.subarray(from));
  }
  if (held.any) yield held.take(new Uint8Array());
}

class HeldLine {
  #parts: Uint8Array[] = [];
  #length = 0;

  get any(): boolean {
    return this.#length > 0;
  }

  add(part: Uint8Array): void {
    if (part.length === 0) return;
    if (this.#length < lineBytesMax) this.#parts.push(part.slice(0, lineBytesMax - this.#length));
    this.#length += part.length;
  }

  take(part: Uint8Array): Uint8Array {
    if (this.#length === 0) return part.subarray(0, lineBytesMax);
    this.add(part);
    const line = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    return line;
  }
}

function lineDecoder(charset: string | undefined): (line: Uint8Array) => string {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const windows1252 = new TextDecoder('windows-1252');
  const named = charset === undefined || /^utf-?16/i.test(charset) ? undefined : new TextDecoder(charset);
  return (line) => {
    if (named !== undefined) return named.decode(line);
    try {
      return utf8.decode(line);
    } catch {
      return windows1252.decode(line);
    }
  };
}

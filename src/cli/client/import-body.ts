import { randomUUID } from 'node:crypto';
import { fileBytes, type LocalFile } from './list-file.ts';

/** The members of an import besides `content` (api.md section 3), with those that are not given left out. */
export type ImportFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/**
 * Up to here a list travels as the published JSON with base64, which every server of this contract takes; larger ones
 * are streamed as a form, which takes no third more bytes and has a limit of 1 GiB instead of 64 MiB.
 */
export const jsonContentBytesMax = 32 * 1024 * 1024;

export interface ImportBody {
  readonly contentType: string;
  bytes(onBytes: (readBytes: number) => void): AsyncIterable<Uint8Array>;
}

export function importBody(file: LocalFile, fields: ImportFields): ImportBody {
  return file.sizeBytes <= jsonContentBytesMax ? jsonBody(file, fields) : formBody(file, fields);
}

export function jsonBody(file: LocalFile, fields: ImportFields): ImportBody {
  return {
    contentType: 'application/json',
    async *bytes(onBytes) {
      const head = JSON.stringify({ ...fields, content: '' });
      yield Buffer.from(head.slice(0, -'"}'.length));
      yield* base64Chunks(fileBytes(file, onBytes));
      yield Buffer.from('"}');
    },
  };
}

/** multipart/form-data (RFC 7578): the fields first, then the file as `content`. */
export function formBody(file: LocalFile, fields: ImportFields): ImportBody {
  const boundary = `rollcall-${randomUUID()}`;
  const part = (disposition: string, type = ''): string =>
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n${type}\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    async *bytes(onBytes) {
      for (const [name, value] of Object.entries(fields)) {
        if (value !== undefined) yield Buffer.from(`${part(`name="${name}"`)}${formValue(value)}\r\n`);
      }
      yield Buffer.from(part(`name="content"; filename="${fileNameOfForm(file.name)}"`, 'Content-Type: text/csv\r\n'));
      yield* fileBytes(file, onBytes);
      yield Buffer.from(`\r\n--${boundary}--\r\n`);
    },
  };
}

/** Base64 of a stream: three bytes become four characters, so what is left over waits for the next chunk. */
async function* base64Chunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 3);
    yield Buffer.from(bytes.toString('base64', 0, whole), 'latin1');
    rest = bytes.subarray(whole);
  }
  yield Buffer.from(rest.toString('base64'), 'latin1');
}

function formValue(value: string | number | boolean | readonly string[]): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** As browsers write it (WHATWG HTML, multipart/form-data encoding). */
function fileNameOfForm(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}

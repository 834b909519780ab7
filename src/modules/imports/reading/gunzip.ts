import { once } from 'node:events';
import { createGunzip, type Gunzip } from 'node:zlib';
import { Problem } from '../../../lib/problem.ts';
import { textBlockBytes, unpackFreeBytes, unpackRatioMax } from './reading-limits.ts';

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * Unpacks gzip (RFC 1952), also of several members, as a stream.
 *
 * @throws Problem `payloadTooLarge` over `bytesMax` bytes or 200 times what was read so far; `unreadableList` when the
 *   data is damaged, cut short or followed by something else
 */
export async function* gunzip(
  source: AsyncIterable<Uint8Array>,
  options: { bytesMax: number },
): AsyncGenerator<Uint8Array> {
  const stream = createGunzip({ chunkSize: textBlockBytes });
  // An error after the end of the loop below would otherwise have no listener and end the process.
  stream.on('error', () => {});
  const input = { bytes: 0 };
  const feeding = feed(source, stream, input);
  feeding.catch((error: unknown) => stream.destroy(error instanceof Error ? error : new Error('the source failed')));
  let unpackedBytes = 0;
  try {
    for await (const chunk of readable(stream)) {
      unpackedBytes += chunk.length;
      requireBounded(unpackedBytes, input.bytes, options.bytesMax);
      yield chunk;
    }
    await feeding;
    if (stream.bytesWritten !== input.bytes) throw damaged();
  } catch (error) {
    throw isZlibError(error) ? damaged() : error;
  } finally {
    stream.destroy();
  }
}

async function* readable(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* stream;
}

async function feed(source: AsyncIterable<Uint8Array>, stream: Gunzip, input: { bytes: number }): Promise<void> {
  const ended = once(stream, 'end').catch(() => {});
  for await (const chunk of source) {
    // What follows the last member is counted, so that it shows as damage, but not given to a stream that has ended.
    input.bytes += chunk.length;
    if (!stream.readableEnded) await Promise.race([ended, write(stream, chunk)]);
  }
  if (!stream.readableEnded) stream.end();
}

function write(stream: Gunzip, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

function requireBounded(unpackedBytes: number, packedBytes: number, bytesMax: number): void {
  if (unpackedBytes > bytesMax) {
    throw new Problem('payloadTooLarge', { detail: `The content unpacks to more than ${bytesMax} bytes.` });
  }
  if (unpackedBytes > unpackFreeBytes && unpackedBytes > packedBytes * unpackRatioMax) {
    throw new Problem('payloadTooLarge', {
      detail: `The content unpacks to more than ${unpackRatioMax} times its size.`,
    });
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}

function damaged(): Problem {
  return new Problem('unreadableList', {
    detail: 'The gzip data is damaged, cut short or followed by something else. Compress the list again.',
  });
}

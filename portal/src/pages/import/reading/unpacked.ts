import { isGzip } from './list-text.ts';

/** The bytes of a list as the server reads them: gzip is unpacked. */
export async function unpacked(file: Blob): Promise<{ stream: ReadableStream<Uint8Array>; isZipped: boolean }> {
  const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isZipped = isGzip(start);
  return { stream: isZipped ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream(), isZipped };
}

/** The first `bytesMax` bytes of a stream, and whether that is all of it. */
export async function firstBytes(
  stream: ReadableStream<Uint8Array>,
  bytesMax: number,
): Promise<{ bytes: Uint8Array; isWhole: boolean }> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length <= bytesMax) {
    const { value, done } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  await reader.cancel().catch(() => undefined);
  const bytes = new Uint8Array(Math.min(length, bytesMax));
  let at = 0;
  for (const part of parts) {
    const kept = part.subarray(0, bytes.length - at);
    bytes.set(kept, at);
    at += kept.length;
  }
  return { bytes, isWhole: length <= bytesMax };
}

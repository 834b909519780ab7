import { createHmac } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Problem } from '../../../lib/problem.ts';
import { readText } from './charset.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { ListReading } from './list-reading.ts';
import { peek } from './peek.ts';
import { textBlockBytes } from './reading-limits.ts';
import type { ListKeys, ListOptions } from './reading-types.ts';
import type { StagedList } from './staged-list.ts';

export interface ListTerms {
  readonly options: ListOptions;
  readonly keys: ListKeys;
  /** Of the bytes as they come, and of what they unpack to. */
  readonly contentBytesMax: number;
}

/**
 * Reads a list from its raw bytes (text or gzip) to its staged form, a block at a time, so that other sessions of the
 * thread get their turns.
 *
 * @param cover told the bytes in use after each block, and awaited
 */
export async function readList(
  source: AsyncIterable<Uint8Array>,
  terms: ListTerms,
  cover: (bytesUsed: number) => Promise<void>,
): Promise<StagedList> {
  const { head, whole } = await peek(bounded(source, terms.contentBytesMax), 2);
  const fingerprint = createHmac('sha256', terms.keys.contentFingerprintKey);
  const unpacked = isGzip(head) ? gunzip(whole, { bytesMax: terms.contentBytesMax }) : whole;
  const seen = tap(unpacked, (chunk) => fingerprint.update(chunk));
  const text = await readText(seen, terms.options.charset);
  using reading = new ListReading(terms.options, terms.keys, text);
  await cover(reading.bytesUsed);
  let bytesThisTurn = 0;
  for await (const chunk of text.chunks) {
    for (let at = 0; at < chunk.length; at += textBlockBytes) {
      const block = chunk.subarray(at, at + textBlockBytes);
      reading.push(block);
      await cover(reading.bytesUsed);
      bytesThisTurn += block.length;
      if (bytesThisTurn < textBlockBytes) continue;
      bytesThisTurn = 0;
      await nextTurn();
    }
  }
  return reading.finish(fingerprint.digest());
}

async function* bounded(source: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      throw new Problem('payloadTooLarge', { detail: `The content has more than ${bytesMax} bytes.` });
    }
    yield chunk;
  }
}

async function* tap(source: AsyncIterable<Uint8Array>, see: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    see(chunk);
    yield chunk;
  }
}

import { createCipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { EnvelopeError, envelopeForm, generationOf } from './envelope.ts';
import { createGhash, type Ghash, readWord, writeWord } from './ghash.ts';
import type { PackedValues } from './packed-values.ts';

const { version, headerBytes, nonceBytes, tagBytes, overheadBytes } = envelopeForm;
const blockBytes = 16;
const textAt = headerBytes + nonceBytes;
/** This counter's block masks the tag, those after it the text (SP 800-38D section 7.1). */
const tagCounter = 1;
/** A UTF-16 unit takes at most three bytes of UTF-8. */
const bytesPerUnitMax = 3;

export interface OpenEnvelopesOptions {
  /** The key of a generation; it throws for one that it does not know. */
  readonly keyOf: (generation: number) => Uint8Array;
  readonly sealed: readonly Uint8Array[];
  /** The associated data of each, as the text of its UTF-8 bytes. */
  readonly contexts: readonly string[];
}

/**
 * Opens many short envelopes at once, to the same result as `openEnvelope` one by one. A cipher object of Node costs
 * 6 us whatever it deciphers, so a page of 100 customers spent more time on them than on everything else; here all
 * counter blocks of a page go through AES in one call, and the tags are checked by `ghash.ts`. Measured: 1 us each.
 *
 * @returns the texts, in order
 * @throws EnvelopeError when any of them does not open; no text comes out then
 */
export function openEnvelopes(options: OpenEnvelopesOptions): PackedValues {
  const { sealed } = options;
  const offsets = new Uint32Array(sealed.length + 1);
  sealed.forEach((envelope, index) => {
    if (envelope.length < overheadBytes || envelope[0] !== version) throw new EnvelopeError();
    offsets[index + 1] = (offsets[index] ?? 0) + envelope.length - overheadBytes;
  });
  const texts: PackedValues = { bytes: Buffer.allocUnsafe(offsets.at(-1) ?? 0), offsets };
  let difference = 0;
  for (const [generation, indexes] of Map.groupBy(sealed.keys(), (index) => generationOf(sealed[index] ?? empty))) {
    difference |= openGroup(options, { key: keyOfGeneration(options, generation), indexes, texts });
  }
  if (difference === 0) return texts;
  texts.bytes.fill(0);
  throw new EnvelopeError();
}

interface Group {
  readonly key: OpeningKey;
  readonly indexes: readonly number[];
  readonly texts: PackedValues;
}

/** @returns 0 when every tag is right; where and how one differs must not show in the time this takes */
function openGroup({ sealed, contexts }: OpenEnvelopesOptions, { key, indexes, texts }: Group): number {
  const envelopes = indexes.map((index) => sealed[index] ?? empty);
  const masks = encryptCounters(key, envelopes);
  const associated = Buffer.allocUnsafe(
    headerBytes +
      bytesPerUnitMax * indexes.reduce((longest, index) => Math.max(longest, contexts[index]?.length ?? 0), 0),
  );
  let difference = 0;
  let mask = 0;
  envelopes.forEach((envelope, position) => {
    const index = indexes[position] ?? 0;
    for (let at = 0; at < headerBytes; at += 1) associated[at] = envelope[at] ?? 0;
    const associatedBytes = headerBytes + associated.write(contexts[index] ?? '', headerBytes);
    difference |= tagDifference(key.ghash, { envelope, associated, associatedBytes, masks, mask });
    mask += blockBytes;
    const textBytes = envelope.length - overheadBytes;
    const to = texts.offsets[index] ?? 0;
    for (let at = 0; at < textBytes; at += 1) {
      texts.bytes[to + at] = (envelope[textAt + at] ?? 0) ^ (masks[mask + at] ?? 0);
    }
    mask += textBlocks(envelope) * blockBytes;
  });
  return difference;
}

function tagDifference(
  ghash: Ghash,
  one: { envelope: Uint8Array; associated: Uint8Array; associatedBytes: number; masks: Uint8Array; mask: number },
): number {
  const { envelope, masks, mask } = one;
  const tagAt = envelope.length - tagBytes;
  ghash.update(one.associated, 0, one.associatedBytes);
  ghash.update(envelope, textAt, tagAt);
  const [h0, h1, h2, h3] = ghash.finish(one.associatedBytes, tagAt - textAt);
  return (
    (h0 ^ readWord(masks, mask) ^ readWord(envelope, tagAt)) |
    (h1 ^ readWord(masks, mask + 4) ^ readWord(envelope, tagAt + 4)) |
    (h2 ^ readWord(masks, mask + 8) ^ readWord(envelope, tagAt + 8)) |
    (h3 ^ readWord(masks, mask + 12) ^ readWord(envelope, tagAt + 12))
  );
}

/** The counter blocks of all envelopes one after the other, through AES in one call. */
function encryptCounters(key: OpeningKey, envelopes: readonly Uint8Array[]): Uint8Array {
  const blocks = envelopes.reduce((sum, envelope) => sum + 1 + textBlocks(envelope), 0);
  const counters = Buffer.allocUnsafe(blocks * blockBytes);
  let at = 0;
  for (const envelope of envelopes) {
    const last = tagCounter + textBlocks(envelope);
    for (let counter = tagCounter; counter <= last; counter += 1) {
      // Byte by byte: for twelve of them a call of set() takes four times as long.
      for (let byte = 0; byte < nonceBytes; byte += 1) counters[at + byte] = envelope[headerBytes + byte] ?? 0;
      writeWord(counters, at + nonceBytes, counter);
      at += blockBytes;
    }
  }
  return encryptBlocks(key.cipherKey, counters);
}

function textBlocks(envelope: Uint8Array): number {
  return Math.ceil((envelope.length - overheadBytes) / blockBytes);
}

interface OpeningKey {
  readonly cipherKey: KeyObject;
  readonly ghash: Ghash;
}

/** Keys are never changed in place, so what is made of one holds as long as its bytes live. 64 KiB each. */
const openingKeys = new WeakMap<Uint8Array, OpeningKey>();

function keyOfGeneration({ keyOf }: OpenEnvelopesOptions, generation: number): OpeningKey {
  let key: Uint8Array;
  try {
    key = keyOf(generation);
  } catch (cause) {
    throw new EnvelopeError({ cause });
  }
  const known = openingKeys.get(key);
  if (known !== undefined) return known;
  const cipherKey = createSecretKey(key);
  const made = { cipherKey, ghash: createGhash(encryptBlocks(cipherKey, Buffer.alloc(blockBytes))) };
  openingKeys.set(key, made);
  return made;
}

function encryptBlocks(key: KeyObject, blocks: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-ecb', key, null);
  cipher.setAutoPadding(false);
  return cipher.update(blocks);
}

const empty = new Uint8Array(0);

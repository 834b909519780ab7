import { createHash } from 'node:crypto';
import { bitmapFrom } from '../../../lib/bitmap.ts';
import { type identifierTypeNames, isBlind } from '../../identifiers/index.ts';
import { readList } from './list-source.ts';
import type { LedgerPart, ListKeys, ListOptions } from './reading-types.ts';
import type { StagedList } from './staged-list.ts';

/** For the tests of this folder: fixed keys, default options, and lists read without a worker. */

export function fixtureKeys(options: { generations?: number } = {}): ListKeys {
  const generations = Array.from({ length: options.generations ?? 1 }, (_none, index) => index + 1);
  const keysOf = (name: (typeof identifierTypeNames)[number]) =>
    isBlind(name) ? generations.map((generation) => ({ generation, key: keyOf(`${name} ${generation}`) })) : [];
  return {
    contentFingerprintKey: keyOf('contentFingerprint'),
    sketchKey: keyOf('listSketch'),
    indexKeys: {
      taxIdNumber: keysOf('taxIdNumber'),
      customerId: keysOf('customerId'),
      coreCustomerId: keysOf('coreCustomerId'),
      accountNumber: keysOf('accountNumber'),
      emailAddress: keysOf('emailAddress'),
      phoneNumber: keysOf('phoneNumber'),
      username: keysOf('username'),
    },
  };
}

export function fixtureOptions(options: Partial<ListOptions> = {}): ListOptions {
  return {
    identifierType: 'taxIdNumber',
    includesHeader: false,
    multipleMatches: 'include',
    repairs: [],
    linesMax: 5_000_000,
    ...options,
  };
}

/** The bytes in pieces of the given sizes, over and over; one piece when there are none. */
export async function* inPieces(bytes: Uint8Array, sizes: readonly number[] = []): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes.length === 0 ? bytes.length : Math.max(1, sizes[turn % sizes.length] ?? 1);
    yield bytes.slice(at, at + size);
    at += size;
  }
}

export async function readStaged(
  content: string | Uint8Array,
  options: Partial<ListOptions> = {},
  terms: { sizes?: readonly number[]; contentBytesMax?: number; keys?: ListKeys } = {},
): Promise<StagedList> {
  return await readList(
    inPieces(Buffer.from(content), terms.sizes),
    {
      options: fixtureOptions(options),
      keys: terms.keys ?? fixtureKeys(),
      contentBytesMax: terms.contentBytesMax ?? 1_073_741_824,
    },
    async () => {},
  );
}

/** The outcome of each line before it is matched, e.g. `1 valid`, `2 invalid/multipleValues`, in the order of lines. */
export async function readOutcomes(
  content: string | Uint8Array,
  options: Partial<ListOptions> = {},
  terms: { sizes?: readonly number[] } = {},
): Promise<string[]> {
  const staged = await readStaged(content, options, terms);
  const lines = outcomesOf(staged.ledger);
  for (let index = 0; index < staged.validCount; index += 1) lines.set(staged.tokens.lineAt(index), 'valid');
  staged.tokens[Symbol.dispose]();
  return listed(lines);
}

export function outcomesOf(ledger: readonly LedgerPart[]): Map<number, string> {
  const lines = new Map<number, string>();
  for (const { outcome, reason, lines: bytes, lineCount } of ledger) {
    using bitmap = bitmapFrom(bytes);
    if (bitmap.size !== lineCount) throw new Error(`${outcome} counts ${lineCount} lines and lists ${bitmap.size}`);
    for (const line of bitmap) {
      if (lines.has(line)) throw new Error(`line ${line} has two outcomes`);
      lines.set(line, reason === '' ? outcome : `${outcome}/${reason}`);
    }
  }
  return lines;
}

export function listed(lines: ReadonlyMap<number, string>): string[] {
  return [...lines].toSorted(([a], [b]) => a - b).map(([line, outcome]) => `${line} ${outcome}`);
}

function keyOf(name: string): Uint8Array {
  return createHash('sha256').update(name).digest();
}

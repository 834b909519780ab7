import type { LedgerEntry } from './outcome-ledger.ts';
import type { ReadSummary } from './reading-types.ts';
import type { StagedList } from './staged-list.ts';
import { segmentValues, TokenStore } from './token-store.ts';

/**
 * A staged list as bytes, little-endian: length of the head (uint32), the head (JSON), the bitmaps of the ledger, the rows of the
 * sample, then by segments of 2^15 values their lines (uint32) and tokens. No raw value is in it.
 */
const formatVersion = 1;
const partBytesMax = 1_048_576;
const headBytesMax = 1_048_576;

interface Head {
  readonly version: number;
  readonly summary: Omit<ReadSummary, 'contentFingerprint' | 'sketch'>;
  readonly contentFingerprint: string;
  readonly sketch: string;
  readonly multipleMatches: 'include' | 'exclude';
  readonly hasRepairCandidates: boolean;
  readonly generations: number;
  readonly size: number;
  readonly validCount: number;
  readonly ledger: readonly (Omit<LedgerEntry, 'lines'> & { readonly bytes: number })[];
  readonly sampleBytes: number;
}

/** Parts of at most 1 MiB, each with memory of its own. */
export function* exportStage(staged: StagedList): Generator<Uint8Array<ArrayBuffer>> {
  let part = new Uint8Array(partBytesMax);
  let length = 0;
  for (const piece of pieces(staged)) {
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(piece.length - at, partBytesMax - length);
      part.set(piece.subarray(at, at + taken), length);
      at += taken;
      length += taken;
      if (length < partBytesMax) continue;
      yield part;
      part = new Uint8Array(partBytesMax);
      length = 0;
    }
  }
  if (length > 0) yield part.slice(0, length);
}

/**
 * Reads what `exportStage` wrote, cut in any way.
 *
 * @param onGrowth told the bytes taken so far, and awaited
 * @throws Error when the bytes are not a whole stage of this version
 */
export async function importStage(
  source: AsyncIterable<Uint8Array>,
  onGrowth: (bytesUsed: number) => Promise<void>,
): Promise<StagedList> {
  const reader = new StageReader(source);
  const headLength = (await reader.read(4)).readUInt32LE(0);
  if (headLength > headBytesMax) throw damaged();
  const head: Head = JSON.parse((await reader.read(headLength)).toString('utf8'));
  if (head.version !== formatVersion) throw damaged();
  const ledger: LedgerEntry[] = [];
  for (const { bytes, ...entry } of head.ledger) ledger.push({ ...entry, lines: await reader.read(bytes) });
  const sampleRows = await reader.read(head.sampleBytes);
  const tokens = new TokenStore(head.generations);
  try {
    for (let first = 0; first < head.size; first += segmentValues) {
      tokens.allocate(Math.min(head.size, first + segmentValues));
      await onGrowth(tokens.bytesUsed);
      await reader.readInto(tokens.linesBytes(first));
      await reader.readInto(tokens.tokensBytes(first));
    }
    await reader.requireEnd();
  } catch (error) {
    tokens[Symbol.dispose]();
    throw error;
  }
  const contentFingerprint = Buffer.from(head.contentFingerprint, 'base64');
  const { multipleMatches, hasRepairCandidates, validCount } = head;
  const summary = { ...head.summary, contentFingerprint, sketch: new Uint8Array(Buffer.from(head.sketch, 'base64')) };
  return { summary, multipleMatches, hasRepairCandidates, tokens, validCount, ledger, sampleRows };
}

function* pieces(staged: StagedList): Generator<Uint8Array> {
  const { contentFingerprint, sketch, ...summary } = staged.summary;
  const head: Head = {
    version: formatVersion,
    summary,
    contentFingerprint: contentFingerprint.toString('base64'),
    sketch: Buffer.from(sketch).toString('base64'),
    multipleMatches: staged.multipleMatches,
    hasRepairCandidates: staged.hasRepairCandidates,
    generations: staged.tokens.generations,
    size: staged.tokens.size,
    validCount: staged.validCount,
    ledger: staged.ledger.map(({ lines, ...entry }) => ({ ...entry, bytes: lines.length })),
    sampleBytes: staged.sampleRows.length,
  };
  const headBytes = Buffer.from(JSON.stringify(head));
  const headLength = Buffer.alloc(4);
  headLength.writeUInt32LE(headBytes.length);
  yield headLength;
  yield headBytes;
  for (const { lines } of staged.ledger) yield lines;
  yield staged.sampleRows;
  for (let first = 0; first < staged.tokens.size; first += segmentValues) {
    yield staged.tokens.linesBytes(first);
    yield staged.tokens.tokensBytes(first);
  }
}

class StageReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async read(length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    await this.readInto(bytes);
    return bytes;
  }

  async readInto(target: Uint8Array): Promise<void> {
    for (let length = 0; length < target.length; ) {
      if (this.#at === this.#piece.length && !(await this.#next())) throw damaged();
      const taken = Math.min(target.length - length, this.#piece.length - this.#at);
      target.set(this.#piece.subarray(this.#at, this.#at + taken), length);
      this.#at += taken;
      length += taken;
    }
  }

  async requireEnd(): Promise<void> {
    while (this.#at === this.#piece.length) if (!(await this.#next())) return;
    throw damaged();
  }

  async #next(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done === true) return false;
    this.#piece = next.value;
    this.#at = 0;
    return true;
  }
}

function damaged(): Error {
  return new Error('the staged list is damaged or of another version');
}

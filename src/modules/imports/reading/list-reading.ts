import { type PackedValues, packValues } from '../../../crypto/packed-values.ts';
import {
  createCanonicaliser,
  type IdentifierTypeName,
  identifierTypeCode,
  identifierTypeNames,
  tokenize,
} from '../../identifiers/index.ts';
import type { ListText } from './charset.ts';
import { sampleRowBytes, writeSampleRow } from './copy-rows.ts';
import { LineDecoder } from './line-decoder.ts';
import { LineJudge } from './line-judge.ts';
import { LineSample } from './line-sample.ts';
import { LineSplitter } from './line-splitter.ts';
import { ListLineReader } from './list-line-reader.ts';
import { ListSketch } from './list-sketch.ts';
import { invalidReasons, type LedgerEntry, OutcomeLedger } from './outcome-ledger.ts';
import type { ListKeys, ListOptions, ReadSummary } from './reading-types.ts';
import type { StagedList } from './staged-list.ts';
import { release, TokenStore, wordsOfTokens } from './token-store.ts';
import { TokenTable, valuesMax } from './token-table.ts';
import { type PackedLines, ValueBatch } from './value-batch.ts';

const wordsPerToken = 4;
/** Values whose places in the duplicate table are fetched together. */
const warmValues = 64;
/** Wasm bitmaps, the sample and the buffers of one session, roughly. */
const fixedBytes = 1_048_576;

/** Reads the text of one list: give it all pieces, then `finish` it. Dispose it in any case. */
export class ListReading implements Disposable {
  readonly #options: ListOptions;
  readonly #keys: ListKeys;
  readonly #charset: string;
  readonly #decoder: LineDecoder;
  readonly #ledger = new OutcomeLedger();
  readonly #sample = new LineSample();
  readonly #sketch = new ListSketch();
  readonly #store: TokenStore;
  readonly #table: TokenTable;
  readonly #candidates: TokenStore;
  readonly #values: ValueBatch;
  readonly #candidateValues: ValueBatch;
  readonly #judge: LineJudge;
  readonly #lines: ListLineReader;
  readonly #splitter: LineSplitter;
  #isFinished = false;

  constructor(options: ListOptions, keys: ListKeys, text: Pick<ListText, 'charset' | 'isDeclared'>) {
    this.#options = options;
    this.#keys = keys;
    this.#charset = text.charset;
    this.#decoder = new LineDecoder(text);
    const generations = Math.max(1, keys.indexKeys[options.identifierType].length);
    this.#store = new TokenStore(generations);
    this.#table = new TokenTable(this.#store);
    this.#candidates = new TokenStore(generations);
    this.#values = new ValueBatch((values) => this.#stageValues(values));
    this.#candidateValues = new ValueBatch((values) => this.#keepCandidates(values));
    this.#judge = new LineJudge({
      canonicaliser: createCanonicaliser(options.identifierType, countryOf(options)),
      repairs: options.repairs.includes('restoreLeadingZeros'),
      ledger: this.#ledger,
      values: this.#values,
      candidates: this.#candidateValues,
      sample: this.#sample,
    });
    this.#lines = new ListLineReader(options, this.#decoder, this.#judge);
    this.#splitter = new LineSplitter(this.#lines, Math.min(options.linesMax, valuesMax));
  }

  get bytesUsed(): number {
    const tables = this.#store.bytesUsed + this.#table.bytesUsed + this.#candidates.bytesUsed;
    return fixedBytes + tables + this.#values.bytesUsed + this.#candidateValues.bytesUsed;
  }

  /** UTF-8 text; borders may fall anywhere. */
  push(bytes: Uint8Array): void {
    this.#splitter.push(bytes);
  }

  /** Ends the list. What it returns must be disposed by the caller. */
  finish(contentFingerprint: Buffer): StagedList {
    this.#splitter.end();
    this.#lines.end();
    this.#values.flush();
    this.#candidateValues.flush();
    const validCount = this.#store.size;
    this.#stageCandidates();
    const sampled = this.#sample.take();
    const sampleRows = Buffer.concat(
      identifierTypeNames
        .filter((type) => type !== this.#options.identifierType)
        .map((type) => this.#sampleRows(type, sampled)),
    );
    const ledger = this.#ledger.entries();
    this.#isFinished = true;
    return {
      summary: this.#summary({ contentFingerprint, validCount, ledger, sampleSize: sampled.length }),
      multipleMatches: this.#options.multipleMatches,
      hasRepairCandidates: this.#judge.candidateCount > 0,
      tokens: this.#store,
      validCount,
      ledger,
      sampleRows,
    };
  }

  [Symbol.dispose](): void {
    this.#ledger[Symbol.dispose]();
    this.#candidates[Symbol.dispose]();
    this.#table[Symbol.dispose]();
    if (!this.#isFinished) this.#store[Symbol.dispose]();
  }

  #stageValues(values: PackedLines): void {
    const tokens = this.#tokenise(this.#options.identifierType, values);
    const [first = new Uint32Array(0)] = tokens;
    for (let index = 0; index < values.lines.length; index += 1) {
      if (index % warmValues === 0) this.#table.warm(first, index, Math.min(values.lines.length, index + warmValues));
      const lineNumber = values.lines[index] ?? 0;
      if (this.#table.addNext(first, index * wordsPerToken)) {
        this.#store.add(lineNumber, tokens, index);
        this.#sketch.offer(first, index * wordsPerToken);
      } else {
        this.#ledger.add('duplicate', '', lineNumber);
      }
    }
    for (const words of tokens) release(words);
  }

  #keepCandidates(values: PackedLines): void {
    const tokens = this.#tokenise(this.#options.identifierType, values);
    for (let index = 0; index < values.lines.length; index += 1) {
      this.#candidates.add(values.lines[index] ?? 0, tokens, index);
    }
    for (const words of tokens) release(words);
  }

  /**
   * A repaired value changes the number of matched lines only when no valid line has it already; the first line with it
   * stands for all. They follow the valid values in the store, so one join matches both.
   */
  #stageCandidates(): void {
    for (let index = 0; index < this.#candidates.size; index += 1) {
      const words = this.#candidates.wordsOf(index);
      if (words !== undefined && this.#table.addNext(words, this.#candidates.wordOffset(index))) {
        this.#store.addFrom(this.#candidates, index);
      }
    }
    this.#candidates[Symbol.dispose]();
  }

  #sampleRows(type: IdentifierTypeName, sampled: readonly { lineNumber: number; cell: string }[]): Uint8Array {
    const canonicaliser = createCanonicaliser(type, countryOf(this.#options));
    const lines: number[] = [];
    const values: string[] = [];
    for (const { lineNumber, cell } of sampled) {
      const { value } = canonicaliser.canonicalise(cell);
      if (value === undefined) continue;
      lines.push(lineNumber);
      values.push(value);
    }
    const tokens = this.#tokenise(type, packValues(values));
    const rows = new Uint8Array(lines.length * tokens.length * sampleRowBytes);
    let at = 0;
    for (const words of tokens) {
      const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
      for (const [index, lineNumber] of lines.entries()) {
        at = writeSampleRow(rows, at, { lineNumber, typeCode: identifierTypeCode(type), tokens: bytes, index });
      }
    }
    return rows;
  }

  /** One array of tokens for each active key; a type that is not blind has one without a key. */
  #tokenise(type: IdentifierTypeName, values: PackedValues): Uint32Array[] {
    const keys = this.#keys.indexKeys[type];
    if (keys.length === 0) return [wordsOfTokens(tokenize(type, undefined, values))];
    return keys.map(({ key }) => wordsOfTokens(tokenize(type, key, values)));
  }

  #summary(known: {
    contentFingerprint: Buffer;
    validCount: number;
    ledger: readonly LedgerEntry[];
    sampleSize: number;
  }): ReadSummary {
    const { identifierType, repairs } = this.#options;
    const count = (outcome: string) =>
      known.ledger.filter((entry) => entry.outcome === outcome).reduce((sum, entry) => sum + entry.lineCount, 0);
    return {
      lineCount: this.#judge.lineCount,
      headerCount: count('header'),
      blankCount: count('blank'),
      invalidCount: count('invalid'),
      duplicateCount: count('duplicate'),
      distinctValueCount: known.validCount,
      repairCandidateCount: this.#store.size - known.validCount,
      charset: this.#charset,
      windows1252LineCount: this.#decoder.windows1252LineCount,
      contentFingerprint: known.contentFingerprint,
      sketch: this.#sketch.take(this.#keys.sketchKey),
      keyGenerations: this.#keys.indexKeys[identifierType].map(({ generation }) => generation),
      repairs: [...new Set(repairs)].map((repair) => ({ repair, count: this.#judge.repairedCount })),
      invalidReasons: invalidReasons(known.ledger),
      sampleSize: known.sampleSize,
    };
  }
}

function countryOf(options: ListOptions): { defaultCountry?: string } {
  return options.defaultCountry === undefined ? {} : { defaultCountry: options.defaultCountry };
}

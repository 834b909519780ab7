import { cmacBatch } from '../../../crypto/aes-cmac.ts';
import { Problem } from '../../../lib/problem.ts';
import { CopyRowWriter } from './copy-row-writer.ts';
import { createCsvRows, type RowParser } from './csv-rows.ts';
import { LineLedger } from './line-ledger.ts';
import { customerShape } from './load-fields.ts';
import type { LoadSummary, ReadingTerms, SealingBatch, StoredAnswer } from './load-protocol.ts';
import { createNdjsonRows } from './ndjson-rows.ts';
import { PackedWriter } from './packed-writer.ts';
import { RowEncoder, refusedKeyColumns, type StandingRow } from './row-batch.ts';
import type { RawRow, RowReason } from './row-shape.ts';
import { type CustomerValues, RowReader } from './row-values.ts';
import { openStored } from './stored-values.ts';
import { TokenSet } from './token-set.ts';

/** Where a reading puts its results and asks its questions. */
export interface ReadingOutput {
  /** Resolves when there is room for another batch. */
  seal(batch: SealingBatch): Promise<void>;
  writeIdentifiers(rows: Uint8Array): void;
  writeRefusedKeys(rows: Uint8Array): void;
  /** The stored customers of these ids, as far as there are any. */
  findStored(coreCustomerIds: readonly string[]): Promise<StoredAnswer>;
}

/** So many stored customers are asked for at once: the answer is read on the event loop. */
const storedPerQuestion = 500;

interface KeyedRow {
  readonly row: RawRow;
  readonly key: string;
  readonly tokenIndex: number;
}

interface KeptCustomer {
  readonly values: CustomerValues;
  readonly fingerprint: Uint8Array;
}

/** Reads one file: bytes in, spool rows out. Everything that costs time happens here, in a worker thread. */
export class LoadReading implements Disposable {
  readonly #terms: ReadingTerms;
  readonly #output: ReadingOutput;
  readonly #parser: RowParser;
  readonly #reader: RowReader;
  readonly #encoder: RowEncoder;
  readonly #ledger = new LineLedger();
  readonly #seen = new TokenSet();
  readonly #keyValues = new PackedWriter();
  readonly #refusedKeys = new CopyRowWriter();
  #lineCount = 0;
  #invalidCount = 0;
  #stagedCount = 0;
  #mergedCount = 0;
  #refusedKeyCount = 0;

  constructor(terms: ReadingTerms, output: ReadingOutput) {
    this.#terms = terms;
    this.#output = output;
    const options = { shape: customerShape, ignoreColumns: terms.ignoreColumns };
    this.#parser = terms.format === 'csv' ? createCsvRows(options) : createNdjsonRows(options);
    this.#reader = new RowReader(terms.defaultCountry === undefined ? {} : { defaultCountry: terms.defaultCountry });
    this.#encoder = new RowEncoder(terms.keys);
  }

  get lineCount(): number {
    return this.#lineCount;
  }

  /** @throws Problem `badRequest`, `unreadableList`, `payloadTooLarge` */
  async push(piece: Uint8Array): Promise<void> {
    await this.#take(this.#parser.push(piece));
  }

  async end(): Promise<LoadSummary> {
    await this.#take(this.#parser.end());
    return {
      lineCount: this.#lineCount,
      invalidCount: this.#invalidCount,
      stagedCount: this.#stagedCount,
      mergedCount: this.#mergedCount,
      identifierCount: this.#encoder.identifierCount,
      refusedKeyCount: this.#refusedKeyCount,
      ledger: this.#ledger.parts(),
    };
  }

  [Symbol.dispose](): void {
    this.#ledger[Symbol.dispose]();
  }

  async #take(rows: readonly RawRow[]): Promise<void> {
    this.#lineCount += rows.length;
    if (this.#lineCount > this.#terms.linesMax) {
      throw new Problem('payloadTooLarge', { detail: `A load may have ${this.#terms.linesMax} rows.` });
    }
    const keyed = this.#readKeys(rows);
    const departedTokens = cmacBatch(this.#terms.keys.departed, this.#keyValues.take());
    const unique = this.#withoutDuplicates(keyed, departedTokens);
    const standing = await this.#readValues(unique);
    if (this.#refusedKeys.length > 0) this.#output.writeRefusedKeys(this.#refusedKeys.take());
    if (standing.length === 0) return;
    const { sealing, identifiers } = this.#encoder.encode(standing, departedTokens);
    this.#stagedCount += standing.length;
    this.#output.writeIdentifiers(identifiers);
    await this.#output.seal(sealing);
  }

  #readKeys(rows: readonly RawRow[]): KeyedRow[] {
    const keyed: KeyedRow[] = [];
    for (const row of rows) {
      const read = this.#reader.readKey(row.key);
      if (row.refusal !== undefined) {
        this.#refuse(row.lineNumber, row.refusal);
        if ('key' in read) this.#keepRefusedKey(read.key);
      } else if ('reason' in read) {
        this.#refuse(row.lineNumber, read.reason);
      } else {
        keyed.push({ row, key: read.key, tokenIndex: this.#keyValues.count });
        this.#keyValues.add(read.key);
      }
    }
    return keyed;
  }

  #withoutDuplicates(keyed: readonly KeyedRow[], tokens: Uint8Array): KeyedRow[] {
    const words = new Uint32Array(tokens.buffer, tokens.byteOffset, tokens.byteLength / 4);
    return keyed.filter(({ row, tokenIndex }) => {
      if (this.#seen.add(words, tokenIndex)) return true;
      this.#refuse(row.lineNumber, 'duplicateKey');
      return false;
    });
  }

  #refuse(lineNumber: number, reason: RowReason): void {
    this.#invalidCount += 1;
    this.#ledger.add('', reason, lineNumber);
  }

  /** A row whose key can be read is never "absent", whatever else is wrong with it. */
  #keepRefusedKey(key: string): void {
    if (!this.#terms.keepsRefusedKeys) return;
    this.#refusedKeys.row(refusedKeyColumns.length);
    this.#refusedKeys.text(key);
    this.#refusedKeyCount += 1;
  }

  async #readValues(keyed: readonly KeyedRow[]): Promise<StandingRow[]> {
    const stored = await this.#findStored(keyed.filter(({ row }) => isPartial(row)).map(({ key }) => key));
    return keyed.map(({ row, key, tokenIndex }) => {
      const { lineNumber } = row;
      const isMerged = isPartial(row);
      const kept = isMerged ? stored.get(key) : undefined;
      if (isMerged) this.#mergedCount += 1;
      const values = this.#reader.readValues(row.cells, kept?.values, (field, reason) => {
        this.#ledger.add(field, reason, lineNumber);
      });
      return { lineNumber, key, tokenIndex, values, isMerged, base: kept?.fingerprint };
    });
  }

  async #findStored(keys: readonly string[]): Promise<ReadonlyMap<string, KeptCustomer>> {
    const found = new Map<string, KeptCustomer>();
    if (this.#terms.baseIsEmpty) return found;
    for (let at = 0; at < keys.length; at += storedPerQuestion) {
      const stored = await this.#output.findStored(keys.slice(at, at + storedPerQuestion));
      const opened = openStored(this.#terms.keys.institutionId, stored);
      stored.customers.forEach(({ coreCustomerId, rowFingerprint }, index) => {
        const values = opened[index];
        if (values !== undefined) found.set(coreCustomerId, { values, fingerprint: rowFingerprint });
      });
    }
    return found;
  }
}

function isPartial(row: RawRow): boolean {
  return row.cells.includes(undefined);
}

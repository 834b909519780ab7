import { CopyRowWriter } from './copy-row-writer.ts';
import { createCsvRows, type RowParser } from './csv-rows.ts';
import { type KeyedRow, KeyedRows } from './keyed-rows.ts';
import { customerShape } from './load-fields.ts';
import type { CustomerTerms, LoadSummary, SealingBatch, StoredAnswer } from './load-protocol.ts';
import { createNdjsonRows } from './ndjson-rows.ts';
import { RowEncoder, refusedKeyColumns, type StandingRow } from './row-batch.ts';
import type { RawRow } from './row-shape.ts';
import { type CustomerValues, RowReader } from './row-values.ts';
import { openStored } from './stored-values.ts';

/** Reads one file: bytes in, spool rows out. */
export interface Reading extends Disposable {
  readonly lineCount: number;
  /** @throws Problem `badRequest`, `unreadableList`, `payloadTooLarge` */
  push(piece: Uint8Array): Promise<void>;
  end(): Promise<LoadSummary>;
}

/** Where a reading puts its results. */
export interface SpoolWriters {
  writeRows(rows: Uint8Array): void;
  writeLinks(rows: Uint8Array): void;
  writeRefusedKeys(rows: Uint8Array): void;
}

/** A reading of customers has its rows sealed by another thread, and asks for what is stored. */
export interface ReadingOutput extends Omit<SpoolWriters, 'writeRows'> {
  /** Resolves when there is room for another batch. */
  seal(batch: SealingBatch): Promise<void>;
  /** The stored customers of these ids, as far as there are any. */
  findStored(coreCustomerIds: readonly string[]): Promise<StoredAnswer>;
}

/** So many stored customers are asked for at once: the answer is read on the event loop. */
const storedPerQuestion = 500;

interface KeptCustomer {
  readonly values: CustomerValues;
  readonly fingerprint: Uint8Array;
}

/** Reads a file of customers. Everything that costs time happens here, in a worker thread. */
export class LoadReading implements Reading {
  readonly #terms: CustomerTerms;
  readonly #output: ReadingOutput;
  readonly #parser: RowParser;
  readonly #reader: RowReader;
  readonly #encoder: RowEncoder;
  readonly #rows: KeyedRows;
  readonly #refusedKeys = new CopyRowWriter();
  #stagedCount = 0;
  #mergedCount = 0;
  #refusedKeyCount = 0;

  constructor(terms: CustomerTerms, output: ReadingOutput) {
    this.#terms = terms;
    this.#output = output;
    const options = { shape: customerShape(terms.attributes), ignoreColumns: terms.ignoreColumns };
    this.#parser = terms.format === 'csv' ? createCsvRows(options) : createNdjsonRows(options);
    const reader = new RowReader(terms);
    this.#reader = reader;
    this.#encoder = new RowEncoder(terms.keys);
    this.#rows = new KeyedRows({
      tokenKey: terms.keys.departed,
      linesMax: terms.linesMax,
      readKey: (cell) => reader.readKey(cell),
    });
  }

  get lineCount(): number {
    return this.#rows.lineCount;
  }

  async push(piece: Uint8Array): Promise<void> {
    await this.#take(this.#parser.push(piece));
  }

  async end(): Promise<LoadSummary> {
    await this.#take(this.#parser.end());
    return {
      lineCount: this.#rows.lineCount,
      invalidCount: this.#rows.invalidCount,
      stagedCount: this.#stagedCount,
      mergedCount: this.#mergedCount,
      linkCount: this.#encoder.identifierCount,
      refusedKeyCount: this.#refusedKeyCount,
      ledger: this.#rows.ledger.parts(),
    };
  }

  [Symbol.dispose](): void {
    this.#rows[Symbol.dispose]();
  }

  async #take(rows: readonly RawRow[]): Promise<void> {
    const { standing, refused, tokens } = this.#rows.take(rows);
    this.#keepRefusedKeys(refused);
    const valued = await this.#readValues(standing);
    if (this.#refusedKeys.length > 0) this.#output.writeRefusedKeys(this.#refusedKeys.take());
    if (valued.length === 0) return;
    const { sealing, identifiers } = this.#encoder.encode(valued, tokens);
    this.#stagedCount += valued.length;
    this.#output.writeLinks(identifiers);
    await this.#output.seal(sealing);
  }

  /** A row whose key can be read is never "absent", whatever else is wrong with it. */
  #keepRefusedKeys(refused: readonly KeyedRow[]): void {
    if (!this.#terms.keepsRefusedKeys) return;
    for (const { key } of refused) {
      this.#refusedKeys.row(refusedKeyColumns.length);
      this.#refusedKeys.text(key);
      this.#refusedKeyCount += 1;
    }
  }

  async #readValues(keyed: readonly KeyedRow[]): Promise<StandingRow[]> {
    const stored = await this.#findStored(keyed.filter(({ row }) => isPartial(row)).map(({ key }) => key));
    return keyed.map(({ row, key, tokenIndex }) => {
      const { lineNumber } = row;
      const isMerged = isPartial(row);
      const kept = isMerged ? stored.get(key) : undefined;
      if (isMerged) this.#mergedCount += 1;
      const values = this.#reader.readValues(row.cells, kept?.values, (field, reason) => {
        this.#rows.ledger.add(field, reason, lineNumber);
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

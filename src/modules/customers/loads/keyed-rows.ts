import { cmacBatch } from '../../../crypto/aes-cmac.ts';
import { Problem } from '../../../lib/problem.ts';
import { LineLedger } from './line-ledger.ts';
import { PackedWriter } from './packed-writer.ts';
import type { RawCell, RawRow, RowReason } from './row-shape.ts';
import { TokenSet } from './token-set.ts';

/** A row that can be named: by its canonical key, and by the key's token among those of its batch. */
export interface KeyedRow {
  readonly row: RawRow;
  readonly key: string;
  readonly tokenIndex: number;
}

export interface KeyedBatch {
  readonly standing: readonly KeyedRow[];
  /** Refused for something else than their key. */
  readonly refused: readonly KeyedRow[];
  /** 16 bytes a key. */
  readonly tokens: Uint8Array;
}

interface KeyedRowsOptions {
  readonly tokenKey: Uint8Array;
  readonly linesMax: number;
  readKey(cell: RawCell): { key: string } | { reason: RowReason };
}

/** Gives the rows of one file their keys, and keeps the account of those that are refused. */
export class KeyedRows implements Disposable {
  readonly #options: KeyedRowsOptions;
  readonly #seen = new TokenSet();
  readonly #keyValues = new PackedWriter();
  readonly ledger = new LineLedger();
  lineCount = 0;
  invalidCount = 0;

  constructor(options: KeyedRowsOptions) {
    this.#options = options;
  }

  /** @throws Problem `payloadTooLarge` */
  take(rows: readonly RawRow[]): KeyedBatch {
    this.lineCount += rows.length;
    if (this.lineCount > this.#options.linesMax) {
      throw new Problem('payloadTooLarge', { detail: `A load may have ${this.#options.linesMax} rows.` });
    }
    const readable: KeyedRow[] = [];
    const refused: KeyedRow[] = [];
    for (const row of rows) {
      const read = this.#options.readKey(row.key);
      if ('reason' in read) {
        this.refuse(row.lineNumber, row.refusal ?? read.reason);
        continue;
      }
      const keyed = { row, key: read.key, tokenIndex: this.#keyValues.count };
      this.#keyValues.add(read.key);
      if (row.refusal === undefined) readable.push(keyed);
      else {
        this.refuse(row.lineNumber, row.refusal);
        refused.push(keyed);
      }
    }
    const tokens = cmacBatch(this.#options.tokenKey, this.#keyValues.take());
    return { standing: this.#withoutDuplicates(readable, tokens), refused, tokens };
  }

  refuse(lineNumber: number, reason: RowReason): void {
    this.invalidCount += 1;
    this.ledger.add('', reason, lineNumber);
  }

  [Symbol.dispose](): void {
    this.ledger[Symbol.dispose]();
  }

  #withoutDuplicates(rows: readonly KeyedRow[], tokens: Uint8Array): KeyedRow[] {
    const words = new Uint32Array(tokens.buffer, tokens.byteOffset, tokens.byteLength / 4);
    return rows.filter(({ row, tokenIndex }) => {
      if (this.#seen.add(words, tokenIndex)) return true;
      this.refuse(row.lineNumber, 'duplicateKey');
      return false;
    });
  }
}

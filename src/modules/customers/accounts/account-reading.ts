import { CopyRowWriter } from '../loads/copy-row-writer.ts';
import { createCsvRows, type RowParser } from '../loads/csv-rows.ts';
import { type KeyedRow, KeyedRows } from '../loads/keyed-rows.ts';
import type { AccountTerms, LoadSummary } from '../loads/load-protocol.ts';
import type { Reading, SpoolWriters } from '../loads/load-reading.ts';
import { createNdjsonRows } from '../loads/ndjson-rows.ts';
import { accountShape, allFields } from './account-fields.ts';
import { AccountReader, type AccountValues } from './account-values.ts';

/** The columns of the staged rows, in the order in which they are written: one row an account and owner. */
export const accountRowColumns = [
  'line',
  'account_token',
  'given',
  'core_customer_id',
  'product_type',
  'balance',
  'opened_on',
  'closed_on',
] as const;

export const refusedAccountColumns = ['account_token'] as const;

/** Reads a file of accounts, in a worker thread. Account ids leave it as tokens. */
export class AccountReading implements Reading {
  readonly #terms: AccountTerms;
  readonly #output: Pick<SpoolWriters, 'writeRows' | 'writeRefusedKeys'>;
  readonly #parser: RowParser;
  readonly #reader = new AccountReader();
  readonly #rows: KeyedRows;
  readonly #staged = new CopyRowWriter();
  readonly #refusedKeys = new CopyRowWriter();
  #stagedCount = 0;
  #mergedCount = 0;
  #ownerCount = 0;
  #refusedKeyCount = 0;

  constructor(terms: AccountTerms, output: Pick<SpoolWriters, 'writeRows' | 'writeRefusedKeys'>) {
    this.#terms = terms;
    this.#output = output;
    const options = { shape: accountShape, ignoreColumns: terms.ignoreColumns };
    this.#parser = terms.format === 'csv' ? createCsvRows(options) : createNdjsonRows(options);
    this.#rows = new KeyedRows({
      tokenKey: terms.accountKey,
      linesMax: terms.linesMax,
      readKey: (cell) => this.#reader.readKey(cell),
    });
  }

  get lineCount(): number {
    return this.#rows.lineCount;
  }

  async push(piece: Uint8Array): Promise<void> {
    this.#take(piece);
  }

  async end(): Promise<LoadSummary> {
    this.#take(undefined);
    return {
      lineCount: this.#rows.lineCount,
      invalidCount: this.#rows.invalidCount,
      stagedCount: this.#stagedCount,
      mergedCount: this.#mergedCount,
      linkCount: this.#ownerCount,
      refusedKeyCount: this.#refusedKeyCount,
      ledger: this.#rows.ledger.parts(),
    };
  }

  [Symbol.dispose](): void {
    this.#rows[Symbol.dispose]();
  }

  #take(piece: Uint8Array | undefined): void {
    const { standing, refused, tokens } = this.#rows.take(
      piece === undefined ? this.#parser.end() : this.#parser.push(piece),
    );
    for (const row of refused) this.#keepRefusedKey(row, tokens);
    for (const row of standing) {
      const { lineNumber, cells } = row.row;
      const values = this.#reader.readValues(cells, (field, reason) =>
        this.#rows.ledger.add(field, reason, lineNumber),
      );
      if ('reason' in values) {
        this.#rows.refuse(lineNumber, values.reason);
        this.#keepRefusedKey(row, tokens);
      } else this.#stage(row, tokens, values);
    }
    if (this.#refusedKeys.length > 0) this.#output.writeRefusedKeys(this.#refusedKeys.take());
    if (this.#staged.length > 0) this.#output.writeRows(this.#staged.take());
  }

  /** A row whose key can be read is never "absent", whatever else is wrong with it. */
  #keepRefusedKey({ tokenIndex }: KeyedRow, tokens: Uint8Array): void {
    if (!this.#terms.keepsRefusedKeys) return;
    this.#refusedKeys.row(refusedAccountColumns.length);
    this.#refusedKeys.token(tokens, tokenIndex);
    this.#refusedKeyCount += 1;
  }

  #stage({ row, tokenIndex }: KeyedRow, tokens: Uint8Array, values: AccountValues): void {
    this.#stagedCount += 1;
    if (values.given !== allFields) this.#mergedCount += 1;
    this.#ownerCount += values.owners?.length ?? 0;
    // Without an owner of its own a row stands for the ones that are stored.
    for (const owner of values.owners ?? [null]) {
      this.#staged.row(accountRowColumns.length);
      this.#staged.integer(row.lineNumber);
      this.#staged.token(tokens, tokenIndex);
      this.#staged.smallint(values.given);
      this.#staged.text(owner);
      this.#staged.text(values.productType);
      this.#staged.bigint(values.balance);
      this.#staged.date(values.openedOn);
      this.#staged.date(values.closedOn);
    }
  }
}

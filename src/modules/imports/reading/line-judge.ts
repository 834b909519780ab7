import { type Canonicaliser, cleanCell, type RefusalReason } from '../../identifiers/index.ts';
import type { LineSample } from './line-sample.ts';
import type { OutcomeLedger } from './outcome-ledger.ts';
import type { InvalidReason } from './reading-types.ts';
import type { ValueBatch } from './value-batch.ts';

/** What never stands in a value: NUL, and the character that replaces what the charset could not read. */
const unreadable = /[\0\uFFFD]/;
const taxIdDigits = 9;

/** Gives each line its outcome as far as it is known before duplicates and matches (api.md: rules 1 to 3). */
export class LineJudge {
  readonly #canonicaliser: Canonicaliser;
  readonly #repairs: boolean;
  readonly #ledger: OutcomeLedger;
  readonly #values: ValueBatch;
  readonly #candidates: ValueBatch;
  readonly #sample: LineSample;
  #lineCount = 0;
  #repairedCount = 0;
  #candidateCount = 0;

  constructor(parts: {
    canonicaliser: Canonicaliser;
    /** Whether `restoreLeadingZeros` was asked for. */
    repairs: boolean;
    ledger: OutcomeLedger;
    values: ValueBatch;
    /** Values that the repair would give, when it was not asked for. */
    candidates: ValueBatch;
    sample: LineSample;
  }) {
    this.#canonicaliser = parts.canonicaliser;
    this.#repairs = parts.repairs;
    this.#ledger = parts.ledger;
    this.#values = parts.values;
    this.#candidates = parts.candidates;
    this.#sample = parts.sample;
  }

  get lineCount(): number {
    return this.#lineCount;
  }

  get repairedCount(): number {
    return this.#repairedCount;
  }

  /** Lines that the repair would make valid, when it was not asked for. */
  get candidateCount(): number {
    return this.#candidateCount;
  }

  header(lineNumber: number): void {
    this.#lineCount += 1;
    this.#ledger.add('header', '', lineNumber);
  }

  blank(lineNumber: number): void {
    this.#lineCount += 1;
    this.#ledger.add('blank', '', lineNumber);
  }

  invalid(lineNumber: number, reason: InvalidReason): void {
    this.#lineCount += 1;
    this.#ledger.add('invalid', reason, lineNumber);
  }

  /** A cell of printable ASCII without quotes, delimiters, `=` and `'`, trimmed, not empty. */
  plainCell(lineNumber: number, bytes: Uint8Array, start: number, end: number): void {
    const values = this.#values;
    const length = this.#canonicaliser.canonicaliseBytes?.(bytes, start, end, values.bytes, values.position) ?? -1;
    if (length < 0) {
      this.textCell(lineNumber, latin1(bytes, start, end));
      return;
    }
    this.#lineCount += 1;
    if (this.#sample.wants(lineNumber)) this.#sample.add(lineNumber, latin1(bytes, start, end));
    values.add(lineNumber, length);
  }

  /** Any cell that is not blank; the identifier type cleans it. */
  textCell(lineNumber: number, cell: string): void {
    if (this.#sample.wants(lineNumber)) this.#sample.add(lineNumber, cell);
    if (unreadable.test(cell)) {
      this.invalid(lineNumber, 'invalidFormat');
      return;
    }
    const canonical = this.#canonicaliser.canonicalise(cell);
    if (canonical.value !== undefined) {
      this.#lineCount += 1;
      this.#values.addText(lineNumber, canonical.value);
    } else if (canonical.reason === 'leadingZerosLost') {
      this.#withoutLeadingZeros(lineNumber, cell, canonical.repaired);
    } else {
      this.invalid(lineNumber, canonical.reason);
    }
  }

  #withoutLeadingZeros(lineNumber: number, cell: string, repaired: string | undefined): void {
    if (!this.#repairs) {
      this.invalid(lineNumber, 'leadingZerosLost');
      if (repaired === undefined) return;
      this.#candidateCount += 1;
      this.#candidates.addText(lineNumber, repaired);
    } else if (repaired === undefined) {
      this.invalid(lineNumber, this.#refusalOfRepaired(cell));
    } else {
      this.#lineCount += 1;
      this.#repairedCount += 1;
      this.#values.addText(lineNumber, repaired);
    }
  }

  /** The repaired value is validated again, so the line has the reason of what the repair made. */
  #refusalOfRepaired(cell: string): RefusalReason {
    const { reason } = this.#canonicaliser.canonicalise(cleanCell(cell).padStart(taxIdDigits, '0'));
    return reason ?? 'leadingZerosLost';
  }
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

import { type Bitmap, bitmapBytes, bitmapFrom, bitmapOf } from '../../../lib/bitmap.ts';
import { encodeMemberLines } from '../../../lib/member-lines.ts';
import { OrdinalSet } from './ordinal-set.ts';
import { OrdinalTable, ordinalMax } from './ordinal-table.ts';
import { OutcomeLedger } from './outcome-ledger.ts';
import type { LedgerPart, Resolution } from './reading-types.ts';
import type { StagedList } from './staged-list.ts';
import { release } from './token-store.ts';

const pairBytes = 8;
/** Members whose lines are looked up in one pass over the list: 4 MiB. */
const windowOrdinals = 1_048_576;

/** Turns the pairs (line, customer) of the join into outcomes, members and the line of each member. */
export class MatchResolver implements Disposable {
  readonly #staged: StagedList;
  readonly #ordinals = new OrdinalTable();

  constructor(staged: StagedList) {
    this.#staged = staged;
  }

  get bytesUsed(): number {
    return this.#ordinals.bytesUsed;
  }

  /**
   * Packed big-endian (line int4, ordinal int4), in any order, also repeatedly.
   *
   * @throws Error when the bytes are no pairs
   */
  add(rows: Uint8Array): void {
    if (rows.length % pairBytes !== 0) throw new Error('matches are not whole pairs');
    const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
    for (let at = 0; at < rows.length; at += pairBytes) {
      const lineNumber = view.getInt32(at);
      const ordinal = view.getInt32(at + 4);
      if (lineNumber < 1 || ordinal < 0 || ordinal > ordinalMax) throw new Error('a match is out of range');
      this.#ordinals.add(lineNumber, ordinal);
    }
  }

  clear(): void {
    this.#ordinals.clear();
  }

  resolve(): Resolution {
    using ledger = new OutcomeLedger();
    const members = new OrdinalSet();
    const counts = { unmatched: 0, ambiguous: 0, matched: 0 };
    const { tokens, validCount } = this.#staged;
    for (let index = 0; index < validCount; index += 1) {
      const lineNumber = tokens.lineAt(index);
      const outcome = outcomes[this.#ordinals.customersOf(lineNumber)];
      counts[outcome] += 1;
      ledger.add(outcome, '', lineNumber);
      if (this.#namesMembers(outcome)) members.add(this.#ordinals.firstOf(lineNumber));
    }
    this.#forEachOtherMember((_, ordinal) => members.add(ordinal));
    using bitmap = members.toBitmap();
    return {
      unmatchedCount: counts.unmatched,
      ambiguousCount: counts.ambiguous,
      matchedCount: counts.matched,
      customerCount: bitmap.size,
      members: bitmapBytes(bitmap),
      ...(this.#staged.hasRepairCandidates
        ? { matchedCountAfterRepair: counts.matched + this.#matchedCandidates() }
        : {}),
      ledger: [...this.#staged.ledger, ...ledger.entries()].map(ledgerPart),
    };
  }

  /** For each member of the bitmap, by rank, the first line that names it; 0 for one that this list does not name. */
  memberLines(ofMembers: Uint8Array): Uint8Array {
    using members = bitmapFrom(ofMembers);
    const lines = new Uint32Array(members.size);
    const ordinalsEnd = members.isEmpty ? 0 : members.maximum() + 1;
    const window = new Uint32Array(Math.min(windowOrdinals, ordinalsEnd));
    let rank = 0;
    for (let start = 0; start < ordinalsEnd; start += windowOrdinals) {
      const ordinals = members.rangeUint32Array(start, start + windowOrdinals);
      if (ordinals.length === 0) continue;
      this.#findLines(window, start);
      for (const ordinal of ordinals) {
        lines[rank] = window[ordinal - start] ?? 0;
        rank += 1;
      }
    }
    const encoded = encodeMemberLines(lines);
    release(lines);
    release(window);
    return encoded;
  }

  [Symbol.dispose](): void {
    this.#ordinals[Symbol.dispose]();
    this.#staged.tokens[Symbol.dispose]();
  }

  /** Under `exclude` an ambiguous line adds nobody. */
  #namesMembers(outcome: 'unmatched' | 'ambiguous' | 'matched'): boolean {
    return outcome === 'matched' || (outcome === 'ambiguous' && this.#staged.multipleMatches === 'include');
  }

  /** The customers of the valid lines beyond the first one of each, when the policy includes them. */
  #forEachOtherMember(visit: (lineNumber: number, ordinal: number) => void): void {
    if (this.#staged.multipleMatches === 'exclude') return;
    using candidates = this.#candidateLines();
    this.#ordinals.forEachOther((lineNumber, ordinal) => {
      if (!candidates.has(lineNumber)) visit(lineNumber, ordinal);
    });
  }

  /** The lines that are staged only for the suggestion; they are `invalid` and name nobody. */
  #candidateLines(): Bitmap {
    const { tokens, validCount } = this.#staged;
    const lines = new Uint32Array(tokens.size - validCount);
    for (let index = 0; index < lines.length; index += 1) lines[index] = tokens.lineAt(validCount + index);
    return bitmapOf(lines);
  }

  #matchedCandidates(): number {
    const { tokens, validCount } = this.#staged;
    let count = 0;
    for (let index = validCount; index < tokens.size; index += 1) {
      if (this.#ordinals.customersOf(tokens.lineAt(index)) === 1) count += 1;
    }
    return count;
  }

  /** The first line of each ordinal from `start` on, as many as `window` holds; 0 where there is none. */
  #findLines(window: Uint32Array, start: number): void {
    window.fill(0);
    const { tokens, validCount } = this.#staged;
    for (let index = 0; index < validCount; index += 1) {
      const lineNumber = tokens.lineAt(index);
      const outcome = outcomes[this.#ordinals.customersOf(lineNumber)];
      if (!this.#namesMembers(outcome)) continue;
      const at = this.#ordinals.firstOf(lineNumber) - start;
      if (window[at] === 0) window[at] = lineNumber;
    }
    this.#forEachOtherMember((lineNumber, ordinal) => {
      const found = window[ordinal - start];
      if (found !== undefined && (found === 0 || lineNumber < found)) window[ordinal - start] = lineNumber;
    });
  }
}

const outcomes = { 0: 'unmatched', 1: 'matched', 2: 'ambiguous' } as const;

function ledgerPart({ outcome, reason, lineCount, lines }: LedgerPart): LedgerPart {
  return { outcome, reason, lineCount, lines };
}

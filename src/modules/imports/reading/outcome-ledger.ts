import { type Bitmap, bitmapBytes, bitmapOf } from '../../../lib/bitmap.ts';
import { recordNumbersMax } from './reading-limits.ts';
import type { InvalidReason, InvalidReasonCount, LedgerPart, LineOutcome } from './reading-types.ts';

/** Line numbers gathered before they go to WebAssembly: a call costs as much as many numbers. */
const gatheredMax = 2048;

export interface LedgerEntry extends LedgerPart {
  readonly reason: InvalidReason | '';
  /** The first 100 line numbers. */
  readonly firstLines: readonly number[];
}

interface LineSet {
  readonly outcome: LineOutcome;
  readonly reason: InvalidReason | '';
  readonly bitmap: Bitmap;
  readonly gathered: Uint32Array;
  readonly firstLines: number[];
  gatheredCount: number;
  lineCount: number;
}

/** The lines of each outcome and reason, as bitmaps that grow while the list is read. Dispose it: they are not collected. */
export class OutcomeLedger implements Disposable {
  readonly #sets = new Map<string, LineSet>();

  /** Each line at most once; ascending within an outcome and reason. */
  add(outcome: LineOutcome, reason: InvalidReason | '', lineNumber: number): void {
    const key = reason === '' ? outcome : reason;
    const set = this.#sets.get(key) ?? this.#addSet(key, outcome, reason);
    set.gathered[set.gatheredCount] = lineNumber;
    set.gatheredCount += 1;
    set.lineCount += 1;
    if (set.firstLines.length < recordNumbersMax) set.firstLines.push(lineNumber);
    if (set.gatheredCount === gatheredMax) flush(set);
  }

  entries(): LedgerEntry[] {
    return [...this.#sets.values()].map((set) => {
      flush(set);
      const { outcome, reason, lineCount, firstLines } = set;
      return { outcome, reason, lineCount, firstLines, lines: bitmapBytes(set.bitmap) };
    });
  }

  [Symbol.dispose](): void {
    for (const set of this.#sets.values()) set.bitmap.dispose();
    this.#sets.clear();
  }

  #addSet(key: string, outcome: LineOutcome, reason: InvalidReason | ''): LineSet {
    const set: LineSet = {
      outcome,
      reason,
      bitmap: bitmapOf([]),
      gathered: new Uint32Array(gatheredMax),
      firstLines: [],
      gatheredCount: 0,
      lineCount: 0,
    };
    this.#sets.set(key, set);
    return set;
  }
}

/** Most frequent first, then by name. */
export function invalidReasons(entries: readonly LedgerEntry[]): InvalidReasonCount[] {
  const reasons: InvalidReasonCount[] = [];
  for (const { reason, lineCount, firstLines } of entries) {
    if (reason === '') continue;
    reasons.push({ reason, count: lineCount, recordNumbers: firstLines, more: lineCount > firstLines.length });
  }
  return reasons.toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

function flush(set: LineSet): void {
  if (set.gatheredCount > 0) set.bitmap.addMany(set.gathered.subarray(0, set.gatheredCount));
  set.gatheredCount = 0;
}

import { type Bitmap, bitmapBytes, bitmapFrom, bitmapOf } from '../../../lib/bitmap.ts';

/** The lines of one field and reason. */
export interface LedgerPart {
  /** '' = the row itself was refused. */
  readonly field: string;
  readonly reason: string;
  readonly lineCount: number;
  /** Portable Roaring bytes of 1-based line numbers. */
  readonly lines: Uint8Array;
}

/** Numbers are added to a bitmap so many at a time: one by one each crosses into WebAssembly. */
const pendingMax = 4_096;

interface OpenPart {
  readonly field: string;
  readonly reason: string;
  readonly lines: Bitmap;
  pending: number[];
}

/** Which lines were refused, and of which lines a cell was, by field and reason. It holds no value. */
export class LineLedger implements Disposable {
  readonly #parts = new Map<string, OpenPart>();

  add(field: string, reason: string, lineNumber: number): void {
    const name = `${field}:${reason}`;
    let part = this.#parts.get(name);
    if (part === undefined) {
      part = { field, reason, lines: bitmapOf([]), pending: [] };
      this.#parts.set(name, part);
    }
    part.pending.push(lineNumber);
    if (part.pending.length >= pendingMax) flush(part);
  }

  /** Goes on with an account that was kept before. */
  addParts(parts: readonly LedgerPart[]): void {
    for (const { field, reason, lines } of parts) {
      this.#parts.set(`${field}:${reason}`, { field, reason, lines: bitmapFrom(lines), pending: [] });
    }
  }

  /** @returns the parts, in the order of field and reason; a line counts once in each */
  parts(): LedgerPart[] {
    return [...this.#parts.values()]
      .map((part) => {
        flush(part);
        const { field, reason, lines } = part;
        return { field, reason, lineCount: lines.size, lines: bitmapBytes(lines) };
      })
      .toSorted((a, b) => (a.field === b.field ? order(a.reason, b.reason) : order(a.field, b.field)));
  }

  [Symbol.dispose](): void {
    for (const { lines } of this.#parts.values()) lines.dispose();
    this.#parts.clear();
  }
}

function flush(part: OpenPart): void {
  if (part.pending.length === 0) return;
  part.lines.addMany(Uint32Array.from(part.pending));
  part.pending = [];
}

function order(a: string, b: string): number {
  return a < b ? -1 : 1;
}

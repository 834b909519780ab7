import { type Bitmap, bitmapOf } from '../../../lib/bitmap.ts';

const windowLog2 = 16;
const windowWords = (1 << windowLog2) / 32;

/**
 * Gathers ordinals that come in any order. They go to a bitmap sorted, a window of 2^16 at a time: adding them there at
 * random takes 17 times as long (measured, 1 M ordinals: 178 ms against 10 ms).
 */
export class OrdinalSet {
  readonly #windows: (Uint32Array | undefined)[] = [];

  add(ordinal: number): void {
    const position = ordinal >>> windowLog2;
    let window = this.#windows[position];
    if (window === undefined) {
      window = new Uint32Array(windowWords);
      this.#windows[position] = window;
    }
    const word = (ordinal >>> 5) & (windowWords - 1);
    window[word] = (window[word] ?? 0) | (1 << (ordinal & 31));
  }

  toBitmap(): Bitmap {
    const bitmap = bitmapOf([]);
    const ordinals = new Uint32Array(1 << windowLog2);
    for (const [position, window] of this.#windows.entries()) {
      if (window === undefined) continue;
      bitmap.addMany(ordinals.subarray(0, listBits(window, position << windowLog2, ordinals)));
    }
    return bitmap;
  }
}

function listBits(window: Uint32Array, first: number, target: Uint32Array): number {
  let count = 0;
  for (const [position, word] of window.entries()) {
    for (let bits = word; bits !== 0; bits &= bits - 1) {
      target[count] = first + position * 32 + 31 - Math.clz32(bits & -bits);
      count += 1;
    }
  }
  return count;
}

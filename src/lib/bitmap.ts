import { RoaringBitmap32 } from 'roaring-wasm';
import { assertPortableBitmap } from './portable-bitmap.ts';

export { portableBitmapHas } from './portable-bitmap.ts';

declare module 'roaring-wasm' {
  interface RoaringBitmap32 {
    [Symbol.dispose](): void;
  }
}

// The library is older than `using`. Its memory is WebAssembly's: nothing collects it, so every bitmap must be
// disposed, those that `clone()` makes too; hence the prototype rather than a subclass.
RoaringBitmap32.prototype[Symbol.dispose] = function disposeBitmap(this: RoaringBitmap32): void {
  this.dispose();
};

/**
 * A set of customer ordinals or line numbers (unsigned 32 bit integers). Hold it with `using`: its memory is not
 * garbage collected.
 */
export type Bitmap = RoaringBitmap32;

/**
 * Reads the portable format (https://github.com/RoaringBitmap/RoaringFormatSpec). Empty bytes are the empty set, as
 * the column defaults of the schema have it.
 *
 * @throws RangeError when the bytes are not one well-formed bitmap: the library itself checks lengths only, and a
 *   wrong container makes it loop for ever
 */
export function bitmapFrom(bytes: Uint8Array): Bitmap {
  if (bytes.byteLength === 0) return new RoaringBitmap32();
  assertPortableBitmap(bytes);
  return RoaringBitmap32.deserialize('portable', bytes);
}

/** @param values integers from 0 to 2^32 - 1, in any order; those in a typed array go over in one copy */
export function bitmapOf(values: Iterable<number> | Uint32Array): Bitmap {
  return new RoaringBitmap32(values instanceof Uint32Array ? values : Uint32Array.from(values));
}

/** The portable format, with run containers where they are smaller; never empty, also for the empty set. */
export function bitmapBytes(bitmap: Bitmap): Uint8Array {
  bitmap.optimize();
  return bitmap.serialize('portable');
}

/**
 * One page in ascending order: at most `limit` members above `afterOrdinal` (absent: from the first). It costs what
 * the rank of one value costs, wherever in the set the page lies.
 */
export function bitmapPage(bitmap: Bitmap, page: { afterOrdinal?: number; limit: number }): Uint32Array {
  const rank = page.afterOrdinal === undefined ? 0 : bitmap.rank(page.afterOrdinal);
  return bitmap.sliceUint32Array(rank, rank + page.limit);
}

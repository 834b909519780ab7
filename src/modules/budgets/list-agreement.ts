/** Bytes of one value in a sketch. */
const valueBytes = 8;

/**
 * How much two sketches (`list-sketch.ts`) have in common, 0 to 1: the values in both, of the larger one's. For lists that
 * are kept whole that is exact; for larger ones it estimates the values in both lists over those of the larger list.
 */
export function agreementOf(one: Uint8Array, other: Uint8Array): number {
  const valuesMax = Math.max(one.length, other.length) / valueBytes;
  if (valuesMax === 0) return 0;
  const known = new Set(valuesOf(one));
  const common = valuesOf(other).filter((value) => known.has(value)).length;
  return common / valuesMax;
}

function valuesOf(sketch: Uint8Array): bigint[] {
  const view = new DataView(sketch.buffer, sketch.byteOffset, sketch.byteLength);
  return Array.from({ length: sketch.length / valueBytes }, (_none, index) => view.getBigUint64(index * valueBytes));
}

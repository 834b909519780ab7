/** Many short byte strings in one buffer: value i stands at `bytes[offsets[i] .. offsets[i + 1])`. */
export interface PackedValues {
  readonly bytes: Uint8Array;
  /** One more than there are values. */
  readonly offsets: Uint32Array;
}

export function packValues(values: readonly (string | Uint8Array)[]): PackedValues {
  const parts = values.map((value) => (typeof value === 'string' ? Buffer.from(value, 'utf8') : value));
  const offsets = new Uint32Array(parts.length + 1);
  parts.forEach((part, index) => {
    offsets[index + 1] = (offsets[index] ?? 0) + part.length;
  });
  return { bytes: Buffer.concat(parts), offsets };
}

export function valueCount(values: PackedValues): number {
  return values.offsets.length - 1;
}

export function valueAt(values: PackedValues, index: number): Uint8Array {
  return values.bytes.subarray(values.offsets[index], values.offsets[index + 1]);
}

/** Cookies and limits of the format: https://github.com/RoaringBitmap/RoaringFormatSpec */
const cookieWithoutRuns = 12_346;
const cookieWithRuns = 12_347;
const containersMax = 65_536;
const arrayCardinalityMax = 4_096;
const bitsetBytes = 8_192;
/** With runs and fewer containers than this, the offsets are left out. */
const offsetsFromContainers = 4;

const bitsOfByte = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

interface Header {
  readonly containers: number;
  /** Where the bits begin that tell run containers; undefined = there are none. */
  readonly runFlagsAt: number | undefined;
  /** Where the (key, cardinality - 1) pairs begin. */
  readonly descriptionsAt: number;
  /** Where the offsets begin; undefined = left out. */
  readonly offsetsAt: number | undefined;
  readonly containersAt: number;
}

/**
 * Holds that the bytes are exactly one well-formed bitmap: lengths, keys and offsets, and that every container is
 * sorted and has the cardinality it claims. Takes about 1 ms a megabyte.
 *
 * @throws RangeError
 */
export function assertPortableBitmap(bytes: Uint8Array): void {
  const header = readHeader(bytes);
  let at = header.containersAt;
  let previousKey = -1;
  for (let index = 0; index < header.containers; index += 1) {
    const key = uint16(bytes, header.descriptionsAt + 4 * index);
    if (key <= previousKey) throw malformed();
    previousKey = key;
    if (header.offsetsAt !== undefined && uint32(bytes, header.offsetsAt + 4 * index) !== at) throw malformed();
    const cardinality = uint16(bytes, header.descriptionsAt + 4 * index + 2) + 1;
    if (isRun(bytes, header, index)) at = assertRuns(bytes, at, cardinality);
    else if (cardinality <= arrayCardinalityMax) at = assertArray(bytes, at, cardinality);
    else at = assertBitset(bytes, at, cardinality);
  }
  if (at !== bytes.byteLength) throw malformed();
}

/**
 * Whether a value is in the set, without building it: one container is looked at. For sets that are asked about one
 * value only; bytes that were never held by {@link assertPortableBitmap} may give a wrong answer, or a RangeError.
 */
export function portableBitmapHas(bytes: Uint8Array, value: number): boolean {
  if (bytes.byteLength === 0) return false;
  const header = readHeader(bytes);
  const key = value >>> 16;
  let at = header.containersAt;
  for (let index = 0; index < header.containers; index += 1) {
    const containerKey = uint16(bytes, header.descriptionsAt + 4 * index);
    if (containerKey > key) return false;
    const cardinality = uint16(bytes, header.descriptionsAt + 4 * index + 2) + 1;
    if (header.offsetsAt !== undefined) at = uint32(bytes, header.offsetsAt + 4 * index);
    const container = { at, cardinality, isRun: isRun(bytes, header, index) };
    if (containerKey === key) return containerHas(bytes, container, value & 0xffff);
    at += containerBytes(bytes, container);
  }
  return false;
}

interface Container {
  readonly at: number;
  readonly cardinality: number;
  readonly isRun: boolean;
}

function containerBytes(bytes: Uint8Array, { at, cardinality, isRun }: Container): number {
  if (isRun) return 2 + 4 * uint16(bytes, at);
  return cardinality <= arrayCardinalityMax ? 2 * cardinality : bitsetBytes;
}

function containerHas(bytes: Uint8Array, container: Container, low: number): boolean {
  const { at, cardinality } = container;
  const end = at + containerBytes(bytes, container);
  assertLength(bytes, end);
  if (!container.isRun && cardinality > arrayCardinalityMax) {
    return ((bytes[at + (low >> 3)] ?? 0) & (1 << (low & 7))) !== 0;
  }
  // The last entry that begins at or below the value: a value of an array, a run (first, length - 1).
  const entryBytes = container.isRun ? 4 : 2;
  const entriesAt = container.isRun ? at + 2 : at;
  let below = 0;
  let above = (end - entriesAt) / entryBytes;
  while (below < above) {
    const middle = (below + above) >> 1;
    if (uint16(bytes, entriesAt + entryBytes * middle) <= low) below = middle + 1;
    else above = middle;
  }
  if (below === 0) return false;
  const entryAt = entriesAt + entryBytes * (below - 1);
  return low - uint16(bytes, entryAt) <= (container.isRun ? uint16(bytes, entryAt + 2) : 0);
}

function readHeader(bytes: Uint8Array): Header {
  assertLength(bytes, 4);
  const withRuns = uint16(bytes, 0) === cookieWithRuns;
  if (!withRuns && uint32(bytes, 0) !== cookieWithoutRuns) throw malformed();
  if (!withRuns) assertLength(bytes, 8);
  const containers = withRuns ? uint16(bytes, 2) + 1 : uint32(bytes, 4);
  if (containers > containersMax) throw malformed();
  const descriptionsAt = withRuns ? 4 + Math.ceil(containers / 8) : 8;
  const descriptionsEnd = descriptionsAt + 4 * containers;
  const hasOffsets = !withRuns || containers >= offsetsFromContainers;
  const containersAt = hasOffsets ? descriptionsEnd + 4 * containers : descriptionsEnd;
  assertLength(bytes, containersAt);
  return {
    containers,
    runFlagsAt: withRuns ? 4 : undefined,
    descriptionsAt,
    offsetsAt: hasOffsets ? descriptionsEnd : undefined,
    containersAt,
  };
}

function isRun(bytes: Uint8Array, header: Header, index: number): boolean {
  if (header.runFlagsAt === undefined) return false;
  return ((bytes[header.runFlagsAt + (index >> 3)] ?? 0) & (1 << (index & 7))) !== 0;
}

function assertArray(bytes: Uint8Array, at: number, cardinality: number): number {
  const end = at + 2 * cardinality;
  assertLength(bytes, end);
  let previous = -1;
  for (let position = at; position < end; position += 2) {
    const value = uint16(bytes, position);
    if (value <= previous) throw malformed();
    previous = value;
  }
  return end;
}

function assertBitset(bytes: Uint8Array, at: number, cardinality: number): number {
  const end = at + bitsetBytes;
  assertLength(bytes, end);
  let bits = 0;
  for (let position = at; position < end; position += 1) bits += bitsOfByte[bytes[position] ?? 0] ?? 0;
  if (bits !== cardinality) throw malformed();
  return end;
}

function assertRuns(bytes: Uint8Array, at: number, cardinality: number): number {
  assertLength(bytes, at + 2);
  const runs = uint16(bytes, at);
  const end = at + 2 + 4 * runs;
  assertLength(bytes, end);
  let counted = 0;
  let previousLast = -2;
  for (let position = at + 2; position < end; position += 4) {
    const first = uint16(bytes, position);
    const lengthMinusOne = uint16(bytes, position + 2);
    // Runs that touch would be one run.
    if (first <= previousLast + 1 || first + lengthMinusOne > 0xffff) throw malformed();
    previousLast = first + lengthMinusOne;
    counted += lengthMinusOne + 1;
  }
  if (counted !== cardinality) throw malformed();
  return end;
}

function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

function uint32(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) + uint16(bytes, at + 2) * 65_536;
}

function assertLength(bytes: Uint8Array, needed: number): void {
  if (bytes.byteLength < needed) throw malformed();
}

function malformed(): RangeError {
  return new RangeError('the bytes are not a Roaring bitmap in the portable format');
}

/**
 * Looks at the first bytes of a stream without taking them from it.
 *
 * @returns `head`, at least `bytesMin` bytes unless the stream is shorter, and the whole stream, to be read once
 */
export async function peek(
  source: AsyncIterable<Uint8Array>,
  bytesMin: number,
): Promise<{ head: Uint8Array; whole: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  let isDone = false;
  while (length < bytesMin && !isDone) {
    const next = await iterator.next();
    if (next.done === true) {
      isDone = true;
    } else {
      // A copy: the stream may use the memory of a piece again once the next one is asked for.
      first.push(next.value.slice());
      length += next.value.length;
    }
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    try {
      yield* first;
      while (!isDone) {
        const next = await iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(first), whole: whole() };
}

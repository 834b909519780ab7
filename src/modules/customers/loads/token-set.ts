const wordsPerToken = 4;
const segmentCount = 256;
const slotsFirst = 64;
/** Fuller than this, linear probing gets slow. */
const loadMax = 0.75;

interface Segment {
  words: Uint32Array;
  used: number;
}

/**
 * A set of 16-byte tokens in at most 43 bytes each. Tokens are evenly spread, so their own bits are the hash. It grows
 * a 256th at a time: one table of 20 million tokens would need 1.3 GB at once while it doubles.
 */
export class TokenSet {
  readonly #segments: Segment[] = Array.from({ length: segmentCount }, () => ({
    words: new Uint32Array(slotsFirst * wordsPerToken),
    used: 0,
  }));
  /** Four zero words mark a free slot, so this one token has a place of its own. */
  #hasZero = false;

  /**
   * @param tokens aligned words, four a token
   * @param index of the token among them
   * @returns false when the token was there before
   */
  add(tokens: Uint32Array, index: number): boolean {
    const from = index * wordsPerToken;
    if (isZero(tokens, from)) {
      const isNew = !this.#hasZero;
      this.#hasZero = true;
      return isNew;
    }
    const segment = this.#segments[(tokens[from] ?? 0) % segmentCount];
    if (segment === undefined || !insert(segment.words, tokens, from)) return false;
    segment.used += 1;
    if (segment.used > (segment.words.length / wordsPerToken) * loadMax) grow(segment);
    return true;
  }
}

function insert(words: Uint32Array, tokens: Uint32Array, from: number): boolean {
  const slots = words.length / wordsPerToken;
  for (let slot = (tokens[from + 1] ?? 0) % slots; ; slot = (slot + 1) % slots) {
    const at = slot * wordsPerToken;
    if (isZero(words, at)) {
      for (let word = 0; word < wordsPerToken; word += 1) words[at + word] = tokens[from + word] ?? 0;
      return true;
    }
    if (isEqual(words, at, tokens, from)) return false;
  }
}

function grow(segment: Segment): void {
  const { words } = segment;
  const larger = new Uint32Array(words.length * 2);
  for (let at = 0; at < words.length; at += wordsPerToken) if (!isZero(words, at)) insert(larger, words, at);
  segment.words = larger;
}

function isZero(words: Uint32Array, at: number): boolean {
  return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0 && words[at + 3] === 0;
}

function isEqual(a: Uint32Array, atA: number, b: Uint32Array, atB: number): boolean {
  return a[atA] === b[atB] && a[atA + 1] === b[atB + 1] && a[atA + 2] === b[atB + 2] && a[atA + 3] === b[atB + 3];
}

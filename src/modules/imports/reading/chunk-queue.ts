import { release } from './token-store.ts';

/**
 * The pieces of a body on their way through the worker: filled by messages, read by one reader. A piece is the reader's until it
 * asks for the next one, then its memory is freed.
 */
export class ChunkQueue implements AsyncIterable<Uint8Array> {
  readonly #onTaken: () => void;
  readonly #chunks: Uint8Array[] = [];
  #isEnded = false;
  #error: Error | undefined;
  #wake: () => void = () => {};

  /** `onTaken` is called for each piece that the reader takes: the sender may send another. */
  constructor(onTaken: () => void) {
    this.#onTaken = onTaken;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** The reader throws `error`, at once. */
  fail(error: Error): void {
    this.#chunks.length = 0;
    this.#error = error;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#onTaken();
        yield chunk;
        // Whoever asks for the next piece is done with this one; waiting for the collector would pile up tens of MB.
        release(chunk);
      } else if (this.#isEnded) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}

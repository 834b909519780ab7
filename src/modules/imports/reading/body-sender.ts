/** Sent at once to the worker: large enough that messages cost nothing, small enough that a copy never holds the loop. */
const pieceBytes = 131_072;
const inFlightMax = 4;

/**
 * Sends a body to the worker in pieces with memory of their own, at most four of them unread. Small chunks are gathered.
 */
export class BodySender {
  readonly #send: (piece: Uint8Array<ArrayBuffer>) => void;
  #inFlight = 0;
  #isStopped = false;
  #wake: () => void = () => {};

  constructor(send: (piece: Uint8Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  /** The worker took a piece. */
  onTaken(): void {
    this.#inFlight -= 1;
    this.#wake();
  }

  /** Sends nothing more; the rest of the body is left unread, because ending its iterator would cut the connection. */
  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  /** Resolves when all is sent or the sender was stopped. */
  async sendAll(body: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks = body[Symbol.asyncIterator]();
    let piece = new Uint8Array(pieceBytes);
    let length = 0;
    for (;;) {
      const next = await chunks.next();
      if (this.#isStopped) return;
      if (next.done === true) break;
      for (let at = 0; at < next.value.length; ) {
        const taken = Math.min(next.value.length - at, pieceBytes - length);
        piece.set(next.value.subarray(at, at + taken), length);
        at += taken;
        length += taken;
        if (length < pieceBytes) continue;
        await this.#room();
        if (this.#isStopped) return;
        this.#post(piece);
        piece = new Uint8Array(pieceBytes);
        length = 0;
      }
    }
    await this.#room();
    if (length > 0 && !this.#isStopped) this.#post(piece.slice(0, length));
  }

  #post(piece: Uint8Array<ArrayBuffer>): void {
    this.#inFlight += 1;
    this.#send(piece);
  }

  async #room(): Promise<void> {
    while (this.#inFlight >= inFlightMax && !this.#isStopped) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

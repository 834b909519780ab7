const stepBytes = 4_194_304;
/** Granted ahead, so that what one block of text needs is always covered before it is read. */
const aheadBytes = 2_097_152;

/** The memory of one session as it is accounted for on the main thread, in steps of 4 MiB. */
export class MemoryAccount {
  readonly #reserve: (bytes: number) => void;
  #grantedBytes = 0;
  #waiting: { resolve: () => void; reject: (error: Error) => void } | undefined;

  /** `reserve` asks for a total, which `granted` or `refused` answers. */
  constructor(reserve: (bytes: number) => void) {
    this.#reserve = reserve;
  }

  /**
   * Waits until the session may use so many bytes in all; it keeps what it was granted.
   *
   * @throws Problem `serviceUnavailable` or `payloadTooLarge` when it may not
   */
  async cover(bytes: number): Promise<void> {
    if (bytes + aheadBytes <= this.#grantedBytes) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#reserve(Math.ceil((bytes + aheadBytes) / stepBytes) * stepBytes);
    });
  }

  granted(bytes: number): void {
    this.#grantedBytes = bytes;
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  refused(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

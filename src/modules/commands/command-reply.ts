/** What the caller gets: the HTTP layer sends it, and an idempotency record keeps it. */
export interface CommandReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** True when the body holds a secret that is shown once: it is not kept, and its key answers 409 afterwards. */
  readonly secret?: true;
  /** True when it is the stored answer of an earlier request under the same key. */
  readonly replayed?: boolean;
}

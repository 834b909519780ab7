/** What the main thread and the engine's worker say to each other. All plain data. */
export interface EngineWorkerData {
  /** PostgreSQL's data directory; made by initdb when it is empty. */
  readonly directory: string;
  /** Unix socket that speaks PostgreSQL's protocol, at most 107 bytes. */
  readonly socketPath: string;
}

/** Copies a complete binary COPY file inside the transaction `transactionId`, or fails without doing anything. */
export interface CopyRequest {
  readonly kind: 'copy';
  readonly id: number;
  readonly transactionId: string;
  /** `copy pg_temp.x (...) from '/dev/blob' with (format binary)` */
  readonly statement: string;
  /** The role that the transaction runs as, restored afterwards. */
  readonly role: string;
  readonly file: ArrayBuffer;
}

export interface CloseRequest {
  readonly kind: 'close';
}

export type EngineRequest = CopyRequest | CloseRequest;

export type EngineReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'copied'; readonly id: number; readonly failure?: CopyFailure }
  | { readonly kind: 'closed' };

/** A database error as facts: messages of PostgreSQL quote values. */
export interface CopyFailure {
  readonly code?: string;
  readonly column?: string;
  readonly routine?: string;
}

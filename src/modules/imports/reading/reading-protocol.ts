import type { WireError } from '../../../lib/wire-error.ts';
import type { ListKeys, ListOptions, ReadSummary, Resolution } from './reading-types.ts';

/** What the main thread asks of a session in a worker. */
export type Call =
  | { readonly method: 'receiveJson'; readonly contentBytesMax: number; readonly digestKey: Uint8Array }
  | {
      readonly method: 'receiveBytes';
      readonly contentBytesMax: number;
      readonly digestKey: Uint8Array;
      readonly options: ListOptions;
      readonly keys: ListKeys;
    }
  | { readonly method: 'importStage' }
  | { readonly method: 'stage'; readonly options: ListOptions | undefined; readonly keys: ListKeys | undefined }
  | { readonly method: 'copyRows'; readonly position: number }
  | { readonly method: 'sampleRows' }
  | { readonly method: 'addMatches'; readonly rows: Uint8Array }
  | { readonly method: 'clearMatches' }
  | { readonly method: 'resolve' }
  | { readonly method: 'memberLines'; readonly ofMembers: Uint8Array }
  | { readonly method: 'exportPart'; readonly isFirst: boolean };

export interface WireSummary extends Omit<ReadSummary, 'contentFingerprint'> {
  readonly contentFingerprint: Uint8Array;
}

export interface CallResults {
  receiveJson: { readonly fieldsJson: string; readonly hasContent: boolean; readonly requestDigest: Uint8Array };
  receiveBytes: { readonly requestDigest: Uint8Array };
  importStage: WireSummary;
  stage: WireSummary;
  copyRows: { readonly rows: Uint8Array; readonly nextPosition: number } | undefined;
  sampleRows: Uint8Array;
  addMatches: undefined;
  clearMatches: undefined;
  resolve: Resolution;
  memberLines: Uint8Array;
  exportPart: Uint8Array | undefined;
}

export type Method = keyof CallResults;

export type ToWorker = { readonly session: number } & (
  | { readonly kind: 'call'; readonly id: number; readonly call: Call }
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  /** The body failed: its client is gone. */
  | { readonly kind: 'abort' }
  | { readonly kind: 'granted'; readonly bytes: number }
  | { readonly kind: 'refused'; readonly error: WireError }
  | { readonly kind: 'dispose' }
);

export type Reply<T> =
  | { readonly isOk: true; readonly result: T }
  | { readonly isOk: false; readonly error: WireError };

export type FromWorker = { readonly session: number } & (
  | { readonly kind: 'reply'; readonly id: number; readonly reply: Reply<unknown> }
  /** A piece of the body was taken: another may be sent. */
  | { readonly kind: 'taken' }
  /** The session needs so much memory in all before it goes on. */
  | { readonly kind: 'reserve'; readonly bytes: number }
  | { readonly kind: 'disposed' }
);

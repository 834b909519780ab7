import type { MessagePort } from 'node:worker_threads';
import type { IndexKey } from '../../../crypto/keyring.ts';
import type { PackedValues } from '../../../crypto/packed-values.ts';
import type { WireError } from '../../../lib/wire-error.ts';
import type { IdentifierTypeName } from '../../identifiers/index.ts';
import type { AttributeRule } from './attribute-values.ts';
import type { LedgerPart } from './line-ledger.ts';
import type { ClearValues } from './row-values.ts';
import type { SpoolDescriptors } from './spool.ts';

/** The types that a customer's identifiers are indexed under. */
export const indexedTypes = [
  'taxIdNumber',
  'accountNumber',
  'emailAddress',
  'phoneNumber',
  'username',
] as const satisfies readonly IdentifierTypeName[];

export type IndexedType = (typeof indexedTypes)[number];

/** The keys of an institution that a load needs, as plain bytes. */
export interface LoadKeys {
  readonly institutionId: string;
  readonly departed: Uint8Array;
  readonly rowFingerprint: Uint8Array;
  readonly dataKey: IndexKey;
  /** All that can open what is stored when the load begins. */
  readonly dataKeys: readonly IndexKey[];
  /** Every active generation, so that lists tokenised under any of them find the customer. */
  readonly indexKeys: Readonly<Record<IndexedType, readonly IndexKey[]>>;
}

/** What holds for a file of every kind. */
interface CommonTerms {
  readonly format: 'csv' | 'ndjson';
  readonly ignoreColumns: readonly string[];
  readonly linesMax: number;
  /** Whether keys of refused rows are needed: a replace must not take what they name for absent. */
  readonly keepsRefusedKeys: boolean;
}

export interface CustomerTerms extends CommonTerms {
  readonly kind: 'customers';
  readonly defaultCountry?: string;
  /** What the institution has defined itself. */
  readonly attributes: readonly AttributeRule[];
  /** Nothing is stored, so absent columns have nothing to keep. */
  readonly baseIsEmpty: boolean;
  readonly keys: LoadKeys;
}

export interface AccountTerms extends CommonTerms {
  readonly kind: 'accounts';
  /** What account ids are made tokens with. */
  readonly accountKey: Uint8Array;
}

export type ReadingTerms = CustomerTerms | AccountTerms;

/** A customer as stored, for rows that keep some of it. */
export interface StoredCustomer extends Omit<ClearValues, 'lastLoginAt'> {
  readonly coreCustomerId: string;
  readonly lastLoginAt: Date | null;
  readonly profile: Uint8Array;
  readonly identifiers: Uint8Array;
  /** 16 bytes. */
  readonly rowFingerprint: Uint8Array;
}

export interface StoredAnswer {
  readonly customers: readonly StoredCustomer[];
  /** The keys that open them: a rotation may have added one since the load began. */
  readonly dataKeys: LoadKeys['dataKeys'];
}

/** What became of the file, once all of it is in the spool. */
export interface LoadSummary {
  /** Records after the header, refused ones included; blank lines are none. */
  readonly lineCount: number;
  readonly invalidCount: number;
  readonly stagedCount: number;
  /** Rows that keep something of what is stored: the base must not change under them. */
  readonly mergedCount: number;
  /** Rows beside the rows: identifiers of the blind index. */
  readonly linkCount: number;
  readonly refusedKeyCount: number;
  readonly ledger: readonly LedgerPart[];
}

/** Rows on their way to be sealed. Row i: `heads[i]` are its first fields in COPY format, without the envelopes. */
export interface SealingBatch {
  readonly heads: PackedValues;
  readonly keys: PackedValues;
  readonly profiles: PackedValues;
  readonly identifiers: PackedValues;
}

export type ToReader =
  | {
      readonly kind: 'open';
      readonly terms: ReadingTerms;
      readonly spool: SpoolDescriptors;
      /** For customers: where rows are sealed. */
      readonly sealer?: MessagePort;
    }
  | { readonly kind: 'piece'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end' }
  | { readonly kind: 'stored'; readonly stored: StoredAnswer };

export type FromReader =
  | { readonly kind: 'taken'; readonly lineCount: number }
  | { readonly kind: 'find'; readonly coreCustomerIds: readonly string[] }
  | { readonly kind: 'done'; readonly summary: LoadSummary }
  | { readonly kind: 'failed'; readonly error: WireError };

export interface SealerOrder {
  readonly reader: MessagePort;
  readonly keys: Pick<LoadKeys, 'institutionId' | 'dataKey'>;
  readonly spool: number;
}

export type FromSealer = { readonly kind: 'failed'; readonly error: WireError };

/** Between the two threads; `end` is answered when everything is in the spool. */
export type ReaderToSealer = { readonly kind: 'batch'; readonly batch: SealingBatch } | { readonly kind: 'end' };
export type SealerToReader = { readonly kind: 'sealed' } | { readonly kind: 'ended' };

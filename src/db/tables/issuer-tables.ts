import type { Timestamp } from './column-types.ts';

export interface IssuerTables {
  oidc_record: OidcRecordTable;
}

/** What the embedded issuer remembers; it belongs to no institution. */
interface OidcRecordTable {
  kind: string;
  id_hash: Buffer;
  sealed: Buffer;
  grant_hash: Buffer | null;
  uid_hash: Buffer | null;
  person_hash: Buffer | null;
  consumed_at: Timestamp | null;
  expires_at: Timestamp;
}

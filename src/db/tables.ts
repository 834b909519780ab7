import type { ColumnType, Generated } from 'kysely';

/** The shape of each table for Kysely; `migrations/` is the source, a test compares the two. */
export interface Tables {
  institution: InstitutionTable;
  wrapped_key: WrappedKeyTable;
  customer: CustomerTable;
  customer_identifier: CustomerIdentifierTable;
  departed_customer: DepartedCustomerTable;
  customer_load: CustomerLoadTable;
  customer_load_lines: CustomerLoadLinesTable;
  audience: AudienceTable;
  audience_version: AudienceVersionTable;
  import: ImportTable;
  import_ledger: ImportLedgerTable;
  import_stage: ImportStageTable;
  access_token: AccessTokenTable;
  idempotency_record: IdempotencyRecordTable;
  audit_entry: AuditEntryTable;
}

/** `timestamptz`: a Date both ways (pg's default). */
type Timestamp = Date;
/** `bigint` columns come back as number: the pools set a parser; versions and sequences stay far below 2^53. */
type BigInteger = number;
/** `jsonb`: parsed when read; written as a JSON string, because pg turns arrays into PostgreSQL arrays. */
type Json<T> = ColumnType<T, string, string>;
type JsonWithDefault<T> = ColumnType<T, string | undefined, string>;

export interface InstitutionSettings {
  /** ISO 3166 alpha-2 country of phone numbers without a country code. */
  defaultCountry?: string;
}

interface InstitutionTable {
  id: string;
  name: string;
  settings: JsonWithDefault<InstitutionSettings>;
  customer_version: Generated<BigInteger>;
  next_ordinal: Generated<number>;
  gone: Generated<Buffer>;
  created_at: Timestamp;
}

interface WrappedKeyTable {
  institution_id: string;
  purpose: 'index' | 'data' | 'mac';
  identifier_type: number;
  generation: number;
  wrapped: Buffer;
  state: 'active' | 'retired';
  created_at: Timestamp;
}

interface CustomerTable {
  institution_id: string;
  ordinal: number;
  id: string;
  core_customer_id: string;
  customer_type: 'retail' | 'business';
  region_code: string | null;
  postal_code: string | null;
  birth_year: number | null;
  /** `date` columns come back as `YYYY-MM-DD` text: the pools set a parser. */
  customer_since: string | null;
  profile: Buffer;
  identifiers: Buffer;
  row_fingerprint: string;
}

interface CustomerIdentifierTable {
  institution_id: string;
  identifier_type: number;
  key_generation: number;
  token: string;
  ordinal: number;
}

interface DepartedCustomerTable {
  institution_id: string;
  core_customer_token: string;
}

interface CustomerLoadTable {
  institution_id: string;
  id: string;
  mode: 'upsert' | 'replace';
  state: 'receiving' | 'publishing' | 'completed' | 'rejected' | 'failed' | 'preview';
  line_count: Generated<number>;
  inserted_count: Generated<number>;
  updated_count: Generated<number>;
  unchanged_count: Generated<number>;
  removed_count: Generated<number>;
  returned_count: Generated<number>;
  invalid_count: Generated<number>;
  customer_version: BigInteger | null;
  problem: ColumnType<unknown, string | null, string | null>;
  created_at: Timestamp;
  created_by: string;
  finished_at: Timestamp | null;
  lease_until: Timestamp | null;
}

interface CustomerLoadLinesTable {
  institution_id: string;
  customer_load_id: string;
  field: string;
  reason: string;
  line_count: number;
  lines: Buffer;
}

interface AudienceTable {
  institution_id: string;
  id: string;
  name: string;
  name_key: string;
  description: string | null;
  kind: 'imported' | 'filtered' | 'combined';
  state: 'active' | 'archived';
  identifier_type: string | null;
  file_name: string | null;
  import_id: string | null;
  version: number;
  customer_count: number;
  customer_version: BigInteger;
  revision: number;
  created_at: Timestamp;
  created_by: string;
  updated_at: Timestamp;
}

interface AudienceVersionTable {
  institution_id: string;
  audience_id: string;
  version: number;
  members: Buffer;
  member_lines: Buffer | null;
  customer_count: number;
  added_count: number;
  removed_count: number;
  cause: 'import' | 'add' | 'remove' | 'replace';
  import_id: string | null;
  customer_version: BigInteger;
  made_at: Timestamp;
  made_by: string;
}

/** Why an import made no audience, or a load changed nothing. */
export interface StoredProblem {
  type: string;
  title: string;
  detail?: string;
}

/** A repair that was asked for, and on how many lines it was done. */
export interface RepairCount {
  repair: string;
  count: number;
}

interface ImportTable {
  institution_id: string;
  id: string;
  mode: 'create' | 'add' | 'remove' | 'replace';
  audience_id: string | null;
  identifier_type: string;
  file_name: string;
  state: 'receiving' | 'staged' | 'matching' | 'completed' | 'rejected' | 'preview' | 'failed' | 'canceled';
  options: Json<Record<string, unknown>>;
  key_generations: Generated<number[]>;
  canonicaliser_version: number;
  content_fingerprint: Buffer | null;
  charset: string | null;
  windows1252_line_count: Generated<number>;
  line_count: Generated<number>;
  header_count: Generated<number>;
  blank_count: Generated<number>;
  invalid_count: Generated<number>;
  duplicate_count: Generated<number>;
  unmatched_count: Generated<number>;
  ambiguous_count: Generated<number>;
  matched_count: Generated<number>;
  distinct_value_count: Generated<number>;
  customer_count: Generated<number>;
  added_count: Generated<number>;
  removed_count: Generated<number>;
  customer_version: BigInteger | null;
  repairs: JsonWithDefault<RepairCount[]>;
  suggestions: JsonWithDefault<unknown[]>;
  problem: ColumnType<StoredProblem | null, string | null, string | null>;
  created_at: Timestamp;
  created_by: string;
  finished_at: Timestamp | null;
  expires_at: Timestamp | null;
}

interface ImportLedgerTable {
  institution_id: string;
  import_id: string;
  outcome: 'header' | 'blank' | 'invalid' | 'duplicate' | 'unmatched' | 'ambiguous' | 'matched';
  reason: string;
  line_count: number;
  lines: Buffer;
}

interface ImportStageTable {
  institution_id: string;
  import_id: string;
  part: number;
  sealed: Buffer;
}

interface AccessTokenTable {
  token_hash: Buffer;
  institution_id: string;
  id: string;
  name: string;
  scopes: string[];
  created_at: Timestamp;
  expires_at: Timestamp | null;
}

interface IdempotencyRecordTable {
  institution_id: string;
  principal_id: string;
  key: string;
  operation: string;
  state: 'running' | 'finished';
  claim_id: string;
  lease_until: Timestamp;
  request_digest: Buffer | null;
  sealed_response: Buffer | null;
  created_at: Timestamp;
  expires_at: Timestamp;
}

interface AuditEntryTable {
  institution_id: string;
  sequence: BigInteger;
  at: Timestamp;
  principal_id: string;
  operation: string;
  resource: string | null;
  outcome: 'done' | 'preview' | 'refused' | 'denied';
  detail: JsonWithDefault<Record<string, unknown>>;
}

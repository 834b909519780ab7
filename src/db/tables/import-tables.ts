import type { ColumnType, Generated } from 'kysely';
import type { BigInteger, Json, JsonWithDefault, Timestamp } from './column-types.ts';

export interface ImportTables {
  import: ImportTable;
  import_ledger: ImportLedgerTable;
  import_stage: ImportStageTable;
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
  mode: 'create' | 'add' | 'remove' | 'replace' | 'suppress';
  audience_id: string | null;
  suppression_id: string | null;
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

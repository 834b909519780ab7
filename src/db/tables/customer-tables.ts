import type { ColumnType, Generated } from 'kysely';
import type { BigInteger, Timestamp } from './column-types.ts';

export interface CustomerTables {
  customer: CustomerTable;
  customer_identifier: CustomerIdentifierTable;
  departed_customer: DepartedCustomerTable;
  customer_load: CustomerLoadTable;
  customer_load_lines: CustomerLoadLinesTable;
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

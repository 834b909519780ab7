import type { BigInteger, Timestamp } from './column-types.ts';

export interface BudgetTables {
  import_budget: ImportBudgetTable;
  import_sketch: ImportSketchTable;
}

interface ImportBudgetTable {
  institution_id: string;
  principal_id: string;
  day: string;
  distinct_value_count: BigInteger;
  import_count: number;
}

interface ImportSketchTable {
  institution_id: string;
  import_id: string;
  principal_id: string;
  identifier_type: string;
  content_fingerprint: Buffer;
  distinct_value_count: number;
  sketch: Buffer;
  created_at: Timestamp;
  expires_at: Timestamp;
}

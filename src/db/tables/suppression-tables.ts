import type { Timestamp } from './column-types.ts';

export interface SuppressionTables {
  suppression: SuppressionTable;
}

interface SuppressionTable {
  institution_id: string;
  id: string;
  name: string;
  description: string | null;
  channel: 'email' | 'sms' | 'phone' | 'mail' | 'any';
  /** `YYYY-MM-DD`. */
  expires_on: string | null;
  members: Buffer | null;
  import_id: string | null;
  audience_id: string | null;
  revision: number;
  created_at: Timestamp;
  created_by: string;
  updated_at: Timestamp;
}

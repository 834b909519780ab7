import type { Generated } from 'kysely';
import type { BigInteger, JsonWithDefault, Timestamp } from './column-types.ts';

export interface CommandTables {
  idempotency_record: IdempotencyRecordTable;
  audit_entry: AuditEntryTable;
  audit_head: AuditHeadTable;
  audit_verification: AuditVerificationTable;
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
  principal_kind: 'person' | 'application' | 'operator';
  principal_id: string;
  application_id: string | null;
  address: string | null;
  operation: string;
  resource: string | null;
  outcome: 'done' | 'preview' | 'refused' | 'denied';
  detail: JsonWithDefault<Record<string, unknown>>;
  hash: Buffer;
}

interface AuditHeadTable {
  institution_id: string;
  sequence: BigInteger;
  hash: Buffer;
  mac: Buffer;
}

interface AuditVerificationTable {
  institution_id: string;
  id: string;
  state: 'running' | 'intact' | 'broken' | 'failed';
  entry_count: Generated<BigInteger>;
  total_count: BigInteger | null;
  finding: string | null;
  finding_sequence: BigInteger | null;
  created_at: Timestamp;
  created_by: string;
  created_by_kind: 'person' | 'application' | 'operator';
  finished_at: Timestamp | null;
  lease_until: Timestamp;
}

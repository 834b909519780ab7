import type { Timestamp } from './column-types.ts';

export interface SessionTables {
  sign_in_attempt: SignInAttemptTable;
  portal_session: PortalSessionTable;
}

interface SignInAttemptTable {
  institution_id: string;
  attempt_hash: Buffer;
  user_account_id: string;
  interaction_uid: string | null;
  step: 'secondFactor' | 'newPassword' | 'enrolment' | 'recoveryCodes' | 'complete';
  amr: string[];
  sealed_secret: Buffer | null;
  created_at: Timestamp;
  expires_at: Timestamp;
}

interface PortalSessionTable {
  institution_id: string;
  session_hash: Buffer;
  person_id: string;
  sealed_tokens: Buffer;
  access_expires_at: Timestamp;
  refreshing_until: Timestamp | null;
  created_at: Timestamp;
  last_seen_at: Timestamp;
  expires_at: Timestamp;
}

import type { Timestamp } from './column-types.ts';

export interface SessionTables {
  sign_in_progress: SignInProgressTable;
  portal_session: PortalSessionTable;
}

interface SignInProgressTable {
  institution_id: string;
  progress_hash: Buffer;
  user_account_id: string;
  interaction_uid: string | null;
  step: 'secondFactor' | 'enrolment' | 'recoveryCodes' | 'complete';
  amr: string[];
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
  authenticated_at: Timestamp | null;
  address: string | null;
  last_seen_at: Timestamp;
  expires_at: Timestamp;
}

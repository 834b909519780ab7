import type { ColumnType } from 'kysely';
import type { BigInteger, Timestamp } from './column-types.ts';

export interface AccessTables {
  application: ApplicationTable;
  seen_application: SeenApplicationView;
  application_secret: ApplicationSecretTable;
  application_grant: ApplicationGrantTable;
  user_account: UserAccountTable;
  seen_user_account: SeenUserAccountView;
  user_grant: UserGrantTable;
  recovery_code: RecoveryCodeTable;
  sign_in_link: SignInLinkTable;
  sign_in_attempt: SignInAttemptTable;
}

/** Without the hash: also the applications of another home that may act for the institution. To read only. */
interface SeenApplicationView {
  institution_id: string;
  id: string;
  name: string;
  name_key: string;
  description: string | null;
  authentication_type: 'clientCredentials' | 'authorizationCode';
  environment: 'development' | 'staging' | 'production';
  state: 'active' | 'disabled';
  client_authentication: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  jwks: ColumnType<unknown, string | null, string | null>;
  scopes: string[];
  roles: string[];
  redirect_uris: string[];
  post_logout_redirect_uris: string[];
  owners: string[];
  api_key_state: 'none' | 'active' | 'disabled';
  tokens_valid_after: Timestamp;
  revision: number;
  created_at: Timestamp;
  created_by: string;
  updated_at: Timestamp;
}

interface ApplicationTable extends SeenApplicationView {
  api_key_hash: Buffer | null;
}

interface ApplicationSecretTable {
  institution_id: string;
  application_id: string;
  id: string;
  secret_hash: Buffer;
  created_at: Timestamp;
  expires_at: Timestamp | null;
}

interface ApplicationGrantTable {
  institution_id: string;
  application_id: string;
  home_institution_id: string;
  created_at: Timestamp;
  created_by: string;
}

interface UserAccountTable {
  institution_id: string;
  id: string;
  login_name: string;
  name: string;
  name_key: string;
  state: 'active' | 'disabled';
  password_hash: string | null;
  password_changed_at: Timestamp | null;
  totp_secret: Buffer | null;
  totp_last_step: BigInteger | null;
  tokens_valid_after: Timestamp;
  revision: number;
  created_at: Timestamp;
  created_by: string;
  updated_at: Timestamp;
  last_sign_in_at: Timestamp | null;
}

/** Without hash and secret: also the people of another home who may act for the institution. To read only. */
interface SeenUserAccountView {
  institution_id: string;
  id: string;
  login_name: string;
  name: string;
  name_key: string;
  state: 'active' | 'disabled';
  has_password: boolean;
  has_second_factor: boolean;
  revision: number;
  created_at: Timestamp;
  created_by: string;
  updated_at: Timestamp;
  last_sign_in_at: Timestamp | null;
}

interface UserGrantTable {
  institution_id: string;
  user_account_id: string;
  home_institution_id: string;
  roles: string[];
  created_at: Timestamp;
  created_by: string;
}

interface RecoveryCodeTable {
  institution_id: string;
  user_account_id: string;
  code_hash: Buffer;
  used_at: Timestamp | null;
}

interface SignInLinkTable {
  institution_id: string;
  token_hash: Buffer;
  user_account_id: string;
  created_at: Timestamp;
  expires_at: Timestamp;
  used_at: Timestamp | null;
}

/** By login name, known or not; it belongs to no institution. */
interface SignInAttemptTable {
  login_mac: Buffer;
  failed_count: number;
  refused_count: number;
  blocked_until: Timestamp | null;
  updated_at: Timestamp;
}

import type { Generated } from 'kysely';
import type { BigInteger, JsonWithDefault, Timestamp } from './column-types.ts';

export interface InstitutionTables {
  institution: InstitutionTable;
  wrapped_key: WrappedKeyTable;
  installation_key: InstallationKeyTable;
  key_rotation: KeyRotationTable;
}

export interface InstitutionSettings {
  /** ISO 3166 alpha-2 country of phone numbers without a country code. */
  defaultCountry?: string;
  /** Whether everybody who acts here needs a second factor; absent = true. Some roles need one always. */
  secondFactorRequired?: boolean;
  /** Distinct values that one principal may submit in imports a UTC day. */
  distinctValuesPerDayMax?: number;
  /** A list of which fewer values name somebody raises an alarm, 0..100. */
  matchRateAlarmPercent?: number;
  /** How long versions of audiences are kept after they were the present one. */
  versionsKeptDays?: number;
  /** So many of the newest versions of an audience are kept however old they are. */
  versionsKeptMin?: number;
  /** Ids of templates that no audience is made from. */
  excludedCustomerAudienceTemplates?: string[];
  /** What new filters may ask, where that is less than the filter types themselves allow. */
  filterTypes?: FilterTypeLimit[];
}

export interface FilterTypeLimit {
  /** Of the filter type: an attribute that is made anew under an old name is another. */
  id: string;
  hidden?: boolean;
  minimum?: number | string;
  maximum?: number | string;
  choices?: string[];
}

interface InstitutionTable {
  id: string;
  name: string;
  settings: JsonWithDefault<InstitutionSettings>;
  customer_version: Generated<BigInteger>;
  facts_version: Generated<BigInteger>;
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
  /** Of a data key: envelopes that it has sealed. */
  seal_count: Generated<BigInteger>;
  retired_at: Timestamp | null;
}

interface KeyRotationTable {
  institution_id: string;
  id: string;
  kind: 'data' | 'index';
  identifier_type: number;
  to_generation: number | null;
  state: 'running' | 'completed' | 'failed';
  failure: 'unreadable' | 'unexpected' | null;
  done_count: Generated<number>;
  total_count: number | null;
  left_count: number | null;
  position: Generated<number>;
  created_at: Timestamp;
  created_by: string;
  created_by_kind: 'person' | 'application' | 'operator';
  finished_at: Timestamp | null;
  lease_until: Timestamp;
}

/** Secrets of the whole installation, wrapped by the master key; they belong to no institution. */
interface InstallationKeyTable {
  purpose: 'signing' | 'cookie' | 'seal';
  generation: number;
  wrapped: Buffer;
  state: 'active' | 'retired';
  created_at: Timestamp;
}

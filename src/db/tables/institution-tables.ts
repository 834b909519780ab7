import type { Generated } from 'kysely';
import type { BigInteger, JsonWithDefault, Timestamp } from './column-types.ts';

export interface InstitutionTables {
  institution: InstitutionTable;
  wrapped_key: WrappedKeyTable;
  installation_key: InstallationKeyTable;
}

export interface InstitutionSettings {
  /** ISO 3166 alpha-2 country of phone numbers without a country code. */
  defaultCountry?: string;
  /** Whether everybody who acts here needs a second factor; absent = true. Some roles need one always. */
  secondFactorRequired?: boolean;
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

/** Secrets of the whole installation, wrapped by the master key; they belong to no institution. */
interface InstallationKeyTable {
  purpose: 'signing' | 'cookie' | 'seal';
  generation: number;
  wrapped: Buffer;
  state: 'active' | 'retired';
  created_at: Timestamp;
}

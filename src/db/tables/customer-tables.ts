import type { ColumnType, Generated } from 'kysely';
import type { BigInteger, JsonWithDefault, Timestamp } from './column-types.ts';

export interface CustomerTables {
  customer: CustomerTable;
  customer_identifier: CustomerIdentifierTable;
  departed_customer: DepartedCustomerTable;
  customer_load: CustomerLoadTable;
  customer_load_lines: CustomerLoadLinesTable;
  customer_attribute: CustomerAttributeTable;
  account: AccountTable;
  customer_measure: CustomerMeasureTable;
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
  branch: string | null;
  last_login_at: Timestamp | null;
  online_banking_enrolled: boolean | null;
  electronic_statements: boolean | null;
  consent_email: boolean | null;
  consent_sms: boolean | null;
  consent_phone: boolean | null;
  consent_mail: boolean | null;
  has_email_address: Generated<boolean>;
  has_phone_number: Generated<boolean>;
  /** By the id of the attribute. */
  attributes: JsonWithDefault<Record<string, AttributeValue>>;
}

export type AttributeValue = string | number | boolean;

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
  kind: Generated<'customers' | 'accounts'>;
}

interface CustomerLoadLinesTable {
  institution_id: string;
  customer_load_id: string;
  field: string;
  reason: string;
  line_count: number;
  lines: Buffer;
}

export type AttributeDataType = CustomerAttributeTable['data_type'];

export interface AttributeConstraints {
  /** Of integer and date; of decimal as text, which is exact. */
  minimum?: string | number;
  maximum?: string | number;
  maxLength?: number;
  choices?: string[];
}

interface CustomerAttributeTable {
  institution_id: string;
  id: string;
  name: string;
  label: string | null;
  description: string | null;
  data_type: 'string' | 'integer' | 'decimal' | 'date' | 'boolean' | 'enumeration';
  constraints: JsonWithDefault<AttributeConstraints>;
  fair_lending: 'prohibitedBasis' | 'proxy' | null;
  revision: number;
  created_at: Timestamp;
  created_by: string;
  updated_at: Timestamp;
  deleted_at: Timestamp | null;
}

/** One row an account and owner. */
interface AccountTable {
  institution_id: string;
  account_token: string;
  ordinal: number;
  product_type: 'savings' | 'checking' | 'cd' | 'ira' | 'loan' | 'creditCard' | null;
  balance: BigInteger | null;
  opened_on: string | null;
  closed_on: string | null;
}

interface CustomerMeasureTable {
  institution_id: string;
  ordinal: number;
  account_count: number;
  product_types: number;
  total_deposits: BigInteger | null;
  total_loans: BigInteger | null;
  oldest_account_opened_on: string | null;
  newest_account_opened_on: string | null;
  changes_on: string | null;
}

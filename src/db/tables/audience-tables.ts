import type { Generated } from 'kysely';
import type { BigInteger, Json, Timestamp } from './column-types.ts';

export interface AudienceTables {
  audience: AudienceTable;
  audience_version: AudienceVersionTable;
  audience_origin: AudienceOriginTable;
  audience_share: AudienceShareTable;
  audience_criteria: AudienceCriteriaTable;
  audience_approval: AudienceApprovalTable;
  audience_reference: AudienceReferenceTable;
  audience_template: AudienceTemplateTable;
}

interface AudienceTable {
  institution_id: string;
  id: string;
  name: string;
  name_key: string;
  description: string | null;
  kind: 'imported' | 'filtered' | 'combined';
  state: 'active' | 'archived';
  identifier_type: string | null;
  file_name: string | null;
  import_id: string | null;
  version: number;
  customer_count: number;
  customer_version: BigInteger;
  revision: number;
  created_at: Timestamp;
  created_by: string;
  updated_at: Timestamp;
  copy_of_audience_id: string | null;
  copy_of_version: number | null;
  kept_from_version: Generated<number>;
  purpose: Generated<'servicing' | 'marketing' | 'credit' | 'research'>;
  restricted_types: Generated<string[]>;
  approval_pending: Generated<boolean>;
  withheld_versions: Generated<number[]>;
}

interface AudienceVersionTable {
  institution_id: string;
  audience_id: string;
  version: number;
  members: Buffer;
  member_lines: Buffer | null;
  customer_count: number;
  added_count: number;
  removed_count: number;
  cause: 'import' | 'add' | 'remove' | 'replace' | 'copy' | 'filters' | 'refresh';
  import_id: string | null;
  customer_version: BigInteger;
  made_at: Timestamp;
  made_by: string;
  added: Buffer | null;
  removed: Buffer | null;
  restricted_types: Generated<string[]>;
}

interface AudienceOriginTable {
  institution_id: string;
  audience_id: string;
  version: number;
  part: number;
  made_at: Timestamp;
  import_id: string | null;
  members: Buffer;
  member_lines: Buffer | null;
}

interface AudienceShareTable {
  institution_id: string;
  audience_id: string;
  principal_id: string;
  access: 'view' | 'edit';
  created_at: Timestamp;
  created_by: string;
}

/** A filter or a group, as the contract has it. */
export interface StoredFilter {
  readonly filterType?: { readonly id?: string; readonly name?: string };
  readonly operator?: string;
  readonly values?: readonly (string | number | boolean)[];
  readonly ordinal?: number;
  readonly includeMissingValues?: boolean;
  readonly anyOf?: readonly StoredFilter[];
  readonly allOf?: readonly StoredFilter[];
  readonly not?: StoredFilter;
}

interface AudienceCriteriaTable {
  institution_id: string;
  audience_id: string;
  filters: Json<StoredFilter[]>;
  refresh: 'manual' | 'daily' | 'onCustomerLoad';
  refreshed_at: Timestamp;
  facts_version: BigInteger;
  failed_at: Timestamp | null;
  failure: string | null;
}

interface AudienceApprovalTable {
  institution_id: string;
  audience_id: string;
  restricted_types: string[];
  justification: string | null;
  authors: string[];
  from_version: number;
  requested_at: Timestamp;
  approved_by: string | null;
  approved_at: Timestamp | null;
}

interface AudienceReferenceTable {
  institution_id: string;
  audience_id: string;
  used_audience_id: string;
}

interface AudienceTemplateTable {
  institution_id: string;
  id: string;
  name: string;
  name_key: string;
  description: string | null;
  filters: Json<StoredFilter[]>;
  refresh: 'manual' | 'daily' | 'onCustomerLoad' | null;
  revision: number;
  created_at: Timestamp;
  created_by: string;
  updated_at: Timestamp;
}

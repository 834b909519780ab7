import type { AccessTables } from './tables/access-tables.ts';
import type { AudienceTables } from './tables/audience-tables.ts';
import type { BudgetTables } from './tables/budget-tables.ts';
import type { CommandTables } from './tables/command-tables.ts';
import type { CustomerTables } from './tables/customer-tables.ts';
import type { ImportTables } from './tables/import-tables.ts';
import type { InstitutionTables } from './tables/institution-tables.ts';
import type { IssuerTables } from './tables/issuer-tables.ts';
import type { SessionTables } from './tables/session-tables.ts';
import type { SuppressionTables } from './tables/suppression-tables.ts';

export type { StoredFilter } from './tables/audience-tables.ts';
export type { AttributeConstraints, AttributeDataType, AttributeValue } from './tables/customer-tables.ts';
export type { RepairCount, StoredProblem } from './tables/import-tables.ts';
export type { FilterTypeLimit, InstitutionSettings } from './tables/institution-tables.ts';

/** The shape of each table for Kysely; `migrations/` is the source, a test compares the two. */
export interface Tables
  extends InstitutionTables,
    CustomerTables,
    AudienceTables,
    ImportTables,
    SuppressionTables,
    BudgetTables,
    CommandTables,
    SessionTables,
    AccessTables,
    IssuerTables {}

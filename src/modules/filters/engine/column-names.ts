/** Columns of numbers, by the names of the engine; `filter-column-store.ts` says where each of them rests. */
export const numberColumns = [
  'customerType',
  'birthYear',
  'customerSince',
  'hasEmailAddress',
  'hasPhoneNumber',
  'consentEmail',
  'consentSms',
  'consentPhone',
  'consentMail',
  'lastLoginOn',
  'onlineBankingEnrolled',
  'electronicStatements',
  'productTypes',
  'accountCount',
  'totalDeposits',
  'totalLoans',
  'oldestAccountOpenedOn',
  'newestAccountOpenedOn',
] as const;
export const textColumns = ['regionCode', 'postalCode', 'branch'] as const;

export type BuiltInColumn = (typeof numberColumns)[number] | (typeof textColumns)[number];

/** How a custom attribute rests, by its data type; decimals as hundredths, dates as days. */
export type AttributeCoding = 'integer' | 'decimal' | 'date' | 'boolean' | 'text';

/** A column of the base, or a custom attribute with its coding and id. */
export type ColumnName = BuiltInColumn | `${AttributeCoding}:${string}`;

/** Customers who have no row of measures own nothing: that is known of them, and is 0. */
const zeroWhenAbsent: ReadonlySet<ColumnName> = new Set(['accountCount', 'productTypes']);

/** What a place holds to which nothing was brought. */
export function absentValueOf(column: ColumnName): number {
  return zeroWhenAbsent.has(column) ? 0 : Number.NaN;
}

export function isTextColumn(column: ColumnName): boolean {
  return textColumns.some((name) => name === column) || column.startsWith('text:');
}

import type { FilterTypeName } from '../attributes/index.ts';
import { productTypes } from '../customers/index.ts';
import { fairLendingOfBuiltIns } from './fair-lending.ts';
import type { FilterType } from './filter-type.ts';

type Row = Omit<FilterType, 'id' | 'name' | 'coding' | 'constraints'> & { readonly name: FilterTypeName } & Partial<
    Pick<FilterType, 'coding' | 'constraints'>
  >;

const consent = (name: FilterTypeName, label: string, column: FilterType['column']): Row => ({
  name,
  label: `Consent: ${label}`,
  description: `Whether the customer agreed to be contacted by ${label.toLowerCase()}. Missing where nobody asked.`,
  category: 'customer',
  dataType: 'boolean',
  column,
});

const rows: readonly Row[] = [
  {
    name: 'customerType',
    label: 'Customer type',
    description: 'A person or a business.',
    category: 'customer',
    dataType: 'enumeration',
    constraints: { choices: ['retail', 'business'] },
    column: 'customerType',
  },
  {
    name: 'customerAge',
    label: 'Age',
    description:
      'The age in years that the customer reaches in this calendar year: only the year of birth is kept in clear.',
    category: 'customer',
    dataType: 'integer',
    constraints: { minimum: 2, maximum: 130 },
    column: 'birthYear',
    coding: 'age',
  },
  {
    name: 'customerSince',
    label: 'Customer since',
    description: 'The day on which the customer joined.',
    category: 'customer',
    dataType: 'date',
    column: 'customerSince',
  },
  {
    name: 'regionCode',
    label: 'Region',
    description: 'State or province of the address. Case does not matter.',
    category: 'customer',
    dataType: 'string',
    column: 'regionCode',
  },
  {
    name: 'postalCode',
    label: 'Postal code',
    description: 'Postal code of the address. Case does not matter.',
    category: 'customer',
    dataType: 'string',
    column: 'postalCode',
  },
  {
    name: 'branch',
    label: 'Branch',
    description: 'The branch that the customer belongs to. Case does not matter.',
    category: 'customer',
    dataType: 'string',
    column: 'branch',
  },
  {
    name: 'hasEmailAddress',
    label: 'Has an e-mail address',
    description: 'Whether an e-mail address is on file.',
    category: 'customer',
    dataType: 'boolean',
    column: 'hasEmailAddress',
  },
  {
    name: 'hasPhoneNumber',
    label: 'Has a phone number',
    description: 'Whether a phone number is on file.',
    category: 'customer',
    dataType: 'boolean',
    column: 'hasPhoneNumber',
  },
  consent('consentEmail', 'E-mail', 'consentEmail'),
  consent('consentSms', 'Text message', 'consentSms'),
  consent('consentPhone', 'Phone', 'consentPhone'),
  consent('consentMail', 'Letter', 'consentMail'),
  {
    name: 'productType',
    label: 'Product',
    description: 'A kind of open account that the customer owns. A customer may own several: each of them equals.',
    category: 'account',
    dataType: 'enumeration',
    constraints: { choices: productTypes },
    column: 'productTypes',
    coding: 'flags',
  },
  {
    name: 'accountCount',
    label: 'Accounts',
    description: 'How many open accounts the customer owns, alone or with others; 0 without any.',
    category: 'account',
    dataType: 'integer',
    constraints: { minimum: 0, maximum: 1_000_000 },
    column: 'accountCount',
  },
  {
    name: 'totalDeposits',
    label: 'Deposits',
    description:
      'The balances of open savings, checking, cd and ira accounts together. Missing without an open account.',
    category: 'account',
    dataType: 'decimal',
    column: 'totalDeposits',
  },
  {
    name: 'totalLoans',
    label: 'Loans',
    description: 'The balances of open loan and creditCard accounts together. Missing without an open account.',
    category: 'account',
    dataType: 'decimal',
    column: 'totalLoans',
  },
  {
    name: 'oldestAccountOpenedOn',
    label: 'Oldest account opened',
    description: 'When the oldest open account was opened.',
    category: 'account',
    dataType: 'date',
    column: 'oldestAccountOpenedOn',
  },
  {
    name: 'newestAccountOpenedOn',
    label: 'Newest account opened',
    description: 'When the newest open account was opened.',
    category: 'account',
    dataType: 'date',
    column: 'newestAccountOpenedOn',
  },
  {
    name: 'lastLoginAt',
    label: 'Last log-in',
    description: 'The day (UTC) of the last log-in to online banking.',
    category: 'activity',
    dataType: 'date',
    column: 'lastLoginOn',
  },
  {
    name: 'onlineBankingEnrolled',
    label: 'Online banking',
    description: 'Whether the customer is enrolled in online banking.',
    category: 'activity',
    dataType: 'boolean',
    column: 'onlineBankingEnrolled',
  },
  {
    name: 'electronicStatements',
    label: 'Electronic statements',
    description: 'Whether statements go out electronically.',
    category: 'activity',
    dataType: 'boolean',
    column: 'electronicStatements',
  },
  {
    name: 'customerAudience',
    label: 'Audience',
    description: 'Membership in another audience: its present members. The values are ids of audiences.',
    category: 'audience',
    dataType: 'audience',
    column: undefined,
  },
];

/** The types that every institution has; a built-in type's id is its name. */
export const builtInFilterTypes: readonly FilterType[] = rows.map((row) => {
  const fairLending = fairLendingOfBuiltIns[row.name];
  return {
    constraints: {},
    coding: row.dataType === 'string' ? 'text' : 'plain',
    ...row,
    ...(fairLending === undefined ? {} : { fairLending }),
    id: row.name,
  };
});

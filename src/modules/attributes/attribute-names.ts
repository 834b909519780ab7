import { accountFields, keyField, loadFields } from '../customers/index.ts';
import { identifierTypeNames } from '../identifiers/index.ts';

export const attributeNamePattern = '^[a-z][A-Za-z0-9]{1,39}$';

/** What filters ask of every customer. An attribute of the same name would make two things one. */
export const filterTypeNames = [
  'customerType',
  'customerAge',
  'customerSince',
  'regionCode',
  'postalCode',
  'branch',
  'productType',
  'accountCount',
  'totalDeposits',
  'totalLoans',
  'oldestAccountOpenedOn',
  'newestAccountOpenedOn',
  'lastLoginAt',
  'onlineBankingEnrolled',
  'electronicStatements',
  'hasEmailAddress',
  'hasPhoneNumber',
  'consentEmail',
  'consentSms',
  'consentPhone',
  'consentMail',
  'customerAudience',
] as const;

export type FilterTypeName = (typeof filterTypeNames)[number];

/** Attributes rest in clear: what names one of these asks to be put there by mistake. */
const identifierNames = [
  ...identifierTypeNames,
  'accountId',
  'cardNumber',
  'ein',
  'iban',
  'itin',
  'passportNumber',
  'password',
  'pin',
  'socialSecurityNumber',
  'ssn',
  'taxId',
  'tin',
] as const;

const taken = lowerSet([keyField, ...loadFields, ...accountFields, ...filterTypeNames]);
const identifiers = lowerSet(identifierNames);

function lowerSet(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()));
}

/** Why an attribute may not have this name, whatever its case; undefined = it may. */
export function refusalOfName(name: string): string | undefined {
  const key = name.toLowerCase();
  if (identifiers.has(key))
    return 'This name is that of an identifier. Attributes rest in clear: no identifier belongs there.';
  if (taken.has(key)) return 'This name is that of a field of ours. Give the attribute another.';
  return undefined;
}

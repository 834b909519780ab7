import { type AttributeRule, attributeForm } from './attribute-values.ts';
import type { FieldForm, RowShape } from './row-shape.ts';

/** The fields of a row besides its key, `coreCustomerId`: columns of CSV, members of NDJSON. */
export const loadFields = [
  'customerType',
  'givenName',
  'familyName',
  'businessName',
  'emailAddress',
  'phoneNumber',
  'regionCode',
  'postalCode',
  'birthYear',
  'customerSince',
  'taxIdNumber',
  'username',
  'accountNumbers',
  'branch',
  'lastLoginAt',
  'onlineBankingEnrolled',
  'electronicStatements',
  'consentEmail',
  'consentSms',
  'consentPhone',
  'consentMail',
] as const;

export type LoadField = (typeof loadFields)[number];

/** A year is a number; an identifier never is: a number has lost its leading zeros already. */
const forms: Partial<Record<LoadField, FieldForm>> = {
  birthYear: 'number',
  accountNumbers: 'list',
  onlineBankingEnrolled: 'boolean',
  electronicStatements: 'boolean',
  consentEmail: 'boolean',
  consentSms: 'boolean',
  consentPhone: 'boolean',
  consentMail: 'boolean',
};

export const keyField = 'coreCustomerId';

/** @param attributes of the institution: their columns come after ours */
export function customerShape(attributes: readonly AttributeRule[]): RowShape {
  return {
    keyField,
    fields: [
      ...loadFields.map((name) => ({ name, form: forms[name] ?? 'text' })),
      ...attributes.map(({ name, dataType }) => ({ name, form: attributeForm(dataType) })),
    ],
  };
}

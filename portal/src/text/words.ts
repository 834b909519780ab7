import type { Schemas, Session } from '../api/client.ts';

/** What the values of the API's enumerations are called, wherever they are shown. */

type IdentifierTypeName = Schemas['identifierType']['name'];

export const identifierTypeWords = {
  taxIdNumber: 'Tax id',
  customerId: 'Rollcall customer id',
  coreCustomerId: 'Core customer id',
  accountNumber: 'Account number',
  emailAddress: 'E-mail address',
  phoneNumber: 'Phone number',
  username: 'User name',
} as const satisfies Record<IdentifierTypeName, string>;

/** Values of a kind, within a sentence. */
export const identifierTypePlurals = {
  taxIdNumber: 'tax ids',
  customerId: 'Rollcall customer ids',
  coreCustomerId: 'core customer ids',
  accountNumber: 'account numbers',
  emailAddress: 'e-mail addresses',
  phoneNumber: 'phone numbers',
  username: 'user names',
} as const satisfies Record<IdentifierTypeName, string>;

export const identifierTypeNames = [
  'emailAddress',
  'phoneNumber',
  'taxIdNumber',
  'accountNumber',
  'coreCustomerId',
  'customerId',
  'username',
] as const satisfies readonly IdentifierTypeName[];

export const importStateWords = {
  receiving: 'Arriving',
  staged: 'Waiting',
  matching: 'Matching',
  completed: 'Completed',
  rejected: 'Nobody matched',
  preview: 'Check only',
  failed: 'Failed',
  canceled: 'Canceled',
} as const satisfies Record<Schemas['customerAudienceImport']['state'], string>;

/** Why a line of a list is invalid. The server may know more reasons than this portal. */
export const invalidReasonWords: Readonly<Record<string, string>> = {
  multipleValues: 'Several values on one line',
  unclosedQuote: 'A quote opens and never closes',
  invalidFormat: 'Not written like a value of this kind',
  leadingZerosLost: 'Zeros in front are missing',
  scientificNotation: 'Rounded by a spreadsheet (1.23457E+08)',
  impossibleValue: 'Well formed, but never issued',
  placeholderValue: 'A placeholder such as 123456789',
};

export const channelWords = {
  any: 'Every channel',
  email: 'E-mail',
  sms: 'Text messages',
  phone: 'Phone',
  mail: 'Letters',
} as const satisfies Record<Schemas['suppression']['channel'], string>;

/** When the members of an audience from criteria are found anew. */
export const refreshWords = {
  manual: 'Only on request',
  daily: 'Every day, at midnight UTC',
  onCustomerLoad: 'After each load of customers',
} as const;

export const roleWords = {
  viewer: { label: 'Viewer', may: 'Sees audiences that are shared with them, and their members.' },
  analyst: { label: 'Analyst', may: 'Makes audiences from lists and criteria, browses the customers.' },
  exporter: { label: 'Exporter', may: 'Sees unmasked values and takes members out.' },
  administrator: { label: 'Administrator', may: 'Manages people, applications, settings and the customer base.' },
  approver: { label: 'Approver', may: 'Approves audiences for credit.' },
  auditor: { label: 'Auditor', may: 'Reads the audit trail and who has access.' },
} as const satisfies Record<Session['roles'][number], { label: string; may: string }>;

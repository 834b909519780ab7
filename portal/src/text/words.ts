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

export const identifierTypeNames = [
  'emailAddress',
  'phoneNumber',
  'taxIdNumber',
  'accountNumber',
  'coreCustomerId',
  'customerId',
  'username',
] as const satisfies readonly IdentifierTypeName[];

export const roleWords = {
  viewer: { label: 'Viewer', may: 'Sees audiences that are shared with them, and their members.' },
  analyst: { label: 'Analyst', may: 'Makes audiences from lists and criteria, browses the customers.' },
  exporter: { label: 'Exporter', may: 'Sees unmasked values and takes members out.' },
  administrator: { label: 'Administrator', may: 'Manages people, applications, settings and the customer base.' },
  approver: { label: 'Approver', may: 'Approves audiences for credit.' },
  auditor: { label: 'Auditor', may: 'Reads the audit trail and who has access.' },
} as const satisfies Record<Session['roles'][number], { label: string; may: string }>;

import type { Schemas } from '../../../api/client.ts';

export type IdentifierType = Schemas['customerAudienceImport']['identifierType'];

/** In the order in which a column is looked for in a wide file: what names one customer most surely comes first. */
export const identifierTypes = [
  'taxIdNumber',
  'customerId',
  'coreCustomerId',
  'accountNumber',
  'emailAddress',
  'phoneNumber',
  'username',
] as const satisfies readonly IdentifierType[];

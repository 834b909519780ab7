/** The types of identifying values, in the order of their codes (api.md section 2). */
export const identifierTypeNames = [
  'taxIdNumber',
  'customerId',
  'coreCustomerId',
  'accountNumber',
  'emailAddress',
  'phoneNumber',
  'username',
] as const;

export type IdentifierTypeName = (typeof identifierTypeNames)[number];

/**
 * The number that stands for a type in `customer_identifier.identifier_type` and `wrapped_key.identifier_type`: 1..7.
 * Stored data depends on it: a new type goes to the end of the list.
 */
export function identifierTypeCode(name: IdentifierTypeName): number {
  return identifierTypeNames.indexOf(name) + 1;
}

/** The type of that name. @throws Error for a stored name that is none */
export function identifierTypeName(text: string): IdentifierTypeName {
  const name = identifierTypeNames.find((candidate) => candidate === text);
  if (name === undefined) throw new Error('a stored identifier type is unknown');
  return name;
}

/** The two ids rest in clear in the customer table and are matched there; the others only through the blind index. */
export function isBlind(name: IdentifierTypeName): boolean {
  return name !== 'customerId' && name !== 'coreCustomerId';
}

/** Bumped when a rule below changes what a value becomes: what was indexed before has to be indexed again. */
export const canonicaliserVersion = 1;

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

export const refusalReasons = [
  'scientificNotation',
  'leadingZerosLost',
  'invalidFormat',
  'impossibleValue',
  'placeholderValue',
] as const;

export type RefusalReason = (typeof refusalReasons)[number];

/** Bumped when a rule below changes what a value becomes: what was indexed before has to be indexed again. */
export const canonicaliserVersion = 1;

/** The canonical value of a cell, or why there is none. */
export type Canonical =
  | { readonly value: string; readonly reason?: undefined }
  | {
      readonly value?: undefined;
      readonly reason: RefusalReason;
      /** With `leadingZerosLost`: the value that the repair `restoreLeadingZeros` gives, if it is a valid one. */
      readonly repaired?: string;
    };

export interface Canonicaliser {
  /** Takes a cell as it was read: it cleans the cell itself (`cleanCell`), then applies the rule. Never throws. */
  canonicalise(cell: string): Canonical;
  /**
   * The fast path for plain ASCII cells without white space around: writes the canonical bytes to `target[at...]`,
   * where as much room must be as the cell is long, and 4 bytes. What it writes is what `canonicalise` gives.
   *
   * @returns how many bytes it wrote, or -1: take the slow path
   */
  canonicaliseBytes?(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number;
}

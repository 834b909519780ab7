import type { RefusalReason } from '../../lib/list-text/canonical.ts';
import type { IdentifierTypeName } from './identifier-types.ts';

/** What the API tells of a type; the rules themselves are under `canonical/`. */
export interface IdentifierTypeFacts {
  readonly name: IdentifierTypeName;
  readonly description: string;
  /** The steps from a cell to the canonical form, in words. */
  readonly normalization: readonly string[];
  /** Of the canonical form. */
  readonly pattern: string;
  /** In the order in which they are looked for. */
  readonly refusals: readonly RefusalReason[];
  /** Cells as people write them; all invented. */
  readonly examples: readonly string[];
}

const cleaning = 'Trim white space, unwrap quotes or a leading apostrophe once, drop invisible characters.';

const facts: readonly IdentifierTypeFacts[] = [
  {
    name: 'taxIdNumber',
    description: 'Tax identification number: SSN, ITIN or EIN.',
    normalization: [cleaning, 'Fold full-width digits.', 'Drop spaces, hyphens and dashes.'],
    pattern: '^(?!000)\\d{9}$',
    refusals: ['scientificNotation', 'leadingZerosLost', 'invalidFormat', 'impossibleValue', 'placeholderValue'],
    examples: ['900-00-0001', '90-0000001', '900000001'],
  },
  {
    name: 'customerId',
    description: 'The customer id of this service.',
    normalization: [cleaning],
    pattern: '^[-_:.~$a-zA-Z0-9]{6,48}$',
    refusals: ['invalidFormat'],
    examples: ['0399abedfd3d5e10c2aa'],
  },
  {
    name: 'coreCustomerId',
    description: 'The customer number of the core banking system; case-sensitive.',
    normalization: [cleaning],
    pattern: '^[^\\p{Cc}]{1,64}$',
    refusals: ['scientificNotation', 'invalidFormat'],
    examples: ['C-0000001'],
  },
  {
    name: 'accountNumber',
    description: 'An account that the customer owns, alone or jointly.',
    normalization: [cleaning, 'Drop spaces, hyphens and dashes; keep leading zeros.', 'Upper case.'],
    pattern: '^[A-Z0-9.]{1,32}$',
    refusals: ['scientificNotation', 'invalidFormat'],
    examples: ['0000-1234-5678', '000012345678'],
  },
  {
    name: 'emailAddress',
    description: 'E-mail address.',
    normalization: [cleaning, 'Unicode NFC, lower case.', 'The domain in its ASCII form (IDNA).'],
    pattern: '^[^@\\s]+@[a-z0-9.-]+$',
    refusals: ['invalidFormat'],
    examples: ['Jane.Doe@example.com'],
  },
  {
    name: 'phoneNumber',
    description: "Phone number; without a country code it belongs to the institution's default country.",
    normalization: [cleaning, 'Fold full-width digits.', 'E.164; extensions are dropped.'],
    pattern: '^\\+[1-9]\\d{1,14}$',
    refusals: ['scientificNotation', 'invalidFormat', 'impossibleValue'],
    examples: ['(202) 555-0123', '+1 202 555 0123'],
  },
  {
    name: 'username',
    description: 'Sign-in name in digital banking.',
    normalization: [cleaning, 'Unicode NFC, case folded.'],
    pattern: '^[^\\p{Cc}]{1,64}$',
    refusals: ['invalidFormat'],
    examples: ['JaneDoe1'],
  },
];

export function describeIdentifierTypes(): readonly IdentifierTypeFacts[] {
  return facts;
}

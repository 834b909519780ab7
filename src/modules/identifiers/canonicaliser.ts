import type { Canonicaliser } from '../../lib/list-text/canonical.ts';
import { createTaxIdCanonicaliser } from '../../lib/list-text/tax-id-number.ts';
import { createEmailCanonicaliser } from './canonical/email-address.ts';
import { createPhoneCanonicaliser } from './canonical/phone-number.ts';
import {
  createAccountNumberCanonicaliser,
  createCoreCustomerIdCanonicaliser,
  createCustomerIdCanonicaliser,
  createUsernameCanonicaliser,
} from './canonical/plain-ids.ts';
import type { IdentifierTypeName } from './identifier-types.ts';

/**
 * The rule of one identifier type (api.md section 2).
 *
 * @param options.defaultCountry ISO 3166 alpha-2 country of phone numbers without a country code
 */
export function createCanonicaliser(
  type: IdentifierTypeName,
  options: { defaultCountry?: string | undefined } = {},
): Canonicaliser {
  switch (type) {
    case 'taxIdNumber':
      return createTaxIdCanonicaliser();
    case 'customerId':
      return createCustomerIdCanonicaliser();
    case 'coreCustomerId':
      return createCoreCustomerIdCanonicaliser();
    case 'accountNumber':
      return createAccountNumberCanonicaliser();
    case 'emailAddress':
      return createEmailCanonicaliser();
    case 'phoneNumber':
      return createPhoneCanonicaliser(options.defaultCountry);
    case 'username':
      return createUsernameCanonicaliser();
  }
}

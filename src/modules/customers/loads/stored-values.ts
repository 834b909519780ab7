import { openIdentifiers, openProfile } from '../customer-envelope.ts';
import type { LoadKeys, StoredCustomer } from './load-protocol.ts';
import type { CustomerValues } from './row-values.ts';

/** Opens a stored customer, so that a row without some column can keep what stands there. */
export function openStored(keys: LoadKeys, customer: StoredCustomer): CustomerValues {
  const { coreCustomerId } = customer;
  const opening = {
    institutionId: keys.institutionId,
    dataKeyOf(generation: number) {
      const known = keys.dataKeys.find((key) => key.generation === generation);
      if (known === undefined) throw new Error(`there is no data key ${generation}`);
      return known.key;
    },
  };
  return {
    customerType: customer.customerType,
    regionCode: customer.regionCode,
    postalCode: customer.postalCode,
    birthYear: customer.birthYear,
    customerSince: customer.customerSince,
    ...openProfile(opening, coreCustomerId, customer.profile),
    ...openIdentifiers(opening, coreCustomerId, customer.identifiers),
  };
}

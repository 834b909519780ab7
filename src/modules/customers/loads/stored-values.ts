import { openIdentifiers, openProfiles } from '../customer-envelope.ts';
import type { StoredAnswer } from './load-protocol.ts';
import type { CustomerValues } from './row-values.ts';

/** Opens stored customers, so that rows without some column can keep what stands there. */
export function openStored(institutionId: string, { customers, dataKeys }: StoredAnswer): CustomerValues[] {
  const opening = {
    institutionId,
    dataKeyOf(generation: number) {
      const known = dataKeys.find((key) => key.generation === generation);
      if (known === undefined) throw new Error(`there is no data key ${generation}`);
      return known.key;
    },
  };
  const sealedOf = (name: 'profile' | 'identifiers') =>
    customers.map((customer) => ({ coreCustomerId: customer.coreCustomerId, sealed: customer[name] }));
  const profiles = openProfiles(opening, sealedOf('profile'));
  const identifiers = openIdentifiers(opening, sealedOf('identifiers'));
  return customers.map((customer, index) => {
    const profile = profiles[index];
    const opened = identifiers[index];
    if (profile === undefined || opened === undefined) throw new Error('a stored customer was not opened');
    const { coreCustomerId: _key, rowFingerprint: _fingerprint, lastLoginAt, ...clear } = customer;
    return { ...clear, lastLoginAt: lastLoginAt?.getTime() ?? null, ...profile, ...opened };
  });
}

import type { InstitutionKeys } from '../../crypto/keyring.ts';
import {
  type Identifiers,
  openIdentifiers,
  openProfiles,
  type Profile,
  type SealedColumn,
} from './customer-envelope.ts';
import { maskEmailAddress, maskPhoneNumber } from './customer-mask.ts';
import type { CustomerItem } from './customer-schemas.ts';
import type { SealedCustomer } from './customer-store.ts';

/**
 * Opens rows into items, outside the transaction that read them. One envelope a row, or both when revealed (then the
 * rows must have been read with their identifiers).
 *
 * @throws EnvelopeError when a row was tampered with
 */
export function openCustomerRows(
  rows: readonly SealedCustomer[],
  keys: InstitutionKeys,
  { revealed }: { revealed: boolean },
): CustomerItem[] {
  const profiles = openProfiles(
    keys,
    rows.map((row) => ({ coreCustomerId: row.core_customer_id, sealed: row.profile })),
  );
  const identifiers = revealed ? openIdentifiers(keys, rows.map(sealedIdentifiers)) : [];
  return rows.map((row, index) => customerItem(row, { profile: profiles[index], identifiers: identifiers[index] }));
}

function sealedIdentifiers(row: SealedCustomer): SealedColumn {
  if (row.identifiers === null) throw new Error('revealed rows must be read with their identifiers');
  return { coreCustomerId: row.core_customer_id, sealed: row.identifiers };
}

/** @param opened the identifiers only when they are to be revealed; then nothing is masked */
function customerItem(
  row: SealedCustomer,
  opened: { profile: Profile | undefined; identifiers: Identifiers | undefined },
): CustomerItem {
  if (opened.profile === undefined) throw new Error('a customer row was not opened');
  const item: CustomerItem = {
    id: row.id,
    coreCustomerId: row.core_customer_id,
    customerType: row.customer_type,
  };
  addProfile(item, opened.profile, { revealed: opened.identifiers !== undefined });
  if (row.region_code !== null) item.regionCode = row.region_code;
  if (row.postal_code !== null) item.postalCode = row.postal_code;
  if (row.birth_year !== null) item.birthYear = row.birth_year;
  if (row.customer_since !== null) item.customerSince = row.customer_since;
  return opened.identifiers === undefined ? item : { ...item, ...identifierFields(opened.identifiers) };
}

/** Into the item itself: a page has a thousand of them, and copies cost more than what they hold. */
function addProfile(item: CustomerItem, profile: Profile, { revealed }: { revealed: boolean }): void {
  if (profile.givenName !== null) item.givenName = profile.givenName;
  if (profile.familyName !== null) item.familyName = profile.familyName;
  if (profile.businessName !== null) item.businessName = profile.businessName;
  if (profile.emailAddress !== null) {
    item.emailAddress = revealed ? profile.emailAddress : maskEmailAddress(profile.emailAddress);
  }
  if (profile.phoneNumber !== null) {
    item.phoneNumber = revealed ? profile.phoneNumber : maskPhoneNumber(profile.phoneNumber);
  }
}

function identifierFields(identifiers: Identifiers): Partial<CustomerItem> {
  return {
    ...(identifiers.taxIdNumber === null ? {} : { taxIdNumber: identifiers.taxIdNumber }),
    accountNumbers: [...identifiers.accountNumbers],
  };
}

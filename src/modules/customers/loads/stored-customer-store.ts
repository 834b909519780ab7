import type { InstitutionTx } from '../../../db/transaction.ts';
import type { StoredCustomer } from './load-protocol.ts';

/** The stored customers of these core customer ids; at most 1,000 at a time. */
export async function listStoredCustomers(
  tx: InstitutionTx,
  coreCustomerIds: readonly string[],
): Promise<StoredCustomer[]> {
  const { rows } = await tx.client.query<StoredCustomer>(
    `select core_customer_id as "coreCustomerId", customer_type as "customerType", region_code as "regionCode",
        postal_code as "postalCode", birth_year as "birthYear", customer_since as "customerSince", branch,
        last_login_at as "lastLoginAt", online_banking_enrolled as "onlineBankingEnrolled",
        electronic_statements as "electronicStatements", consent_email as "consentEmail", consent_sms as "consentSms",
        consent_phone as "consentPhone", consent_mail as "consentMail", attributes, profile, identifiers,
        uuid_send(row_fingerprint) as "rowFingerprint"
      from customer where institution_id = $1 and core_customer_id = any($2::text[])`,
    [tx.institutionId, coreCustomerIds],
  );
  return rows;
}

export async function isBaseEmpty(tx: InstitutionTx): Promise<boolean> {
  const { rows } = await tx.client.query<{ empty: boolean }>(
    'select not exists (select from customer where institution_id = $1) as empty',
    [tx.institutionId],
  );
  return rows[0]?.empty ?? true;
}

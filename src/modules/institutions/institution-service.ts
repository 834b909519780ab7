import type { Keyring } from '../../crypto/keyring.ts';
import type { InstitutionSettings } from '../../db/tables.ts';
import type { OperatorTx } from '../../db/transaction.ts';
import { insertInstitution } from './institution-store.ts';

/** The id of an institution: capital letters, digits and underscores, 2 to 8 (design section 4). */
export const institutionIdPattern = /^[A-Z0-9_]{2,8}$/;

/**
 * Makes an institution with its own random keys, wrapped by the master key, in the caller's transaction.
 *
 * @returns false when an institution of this id exists already; nothing is changed then
 */
export async function createInstitution(
  deps: { keyring: Keyring },
  tx: OperatorTx,
  institution: { id: string; name: string; settings?: InstitutionSettings; at: Date },
): Promise<boolean> {
  const made = await insertInstitution(tx, {
    ...institution,
    settings: institution.settings ?? { defaultCountry: 'US' },
  });
  if (made) await deps.keyring.createInstitutionKeys(tx, institution.id);
  return made;
}

import type { Keyring } from '../../crypto/keyring.ts';
import type { InstitutionSettings } from '../../db/tables.ts';
import type { OperatorTx } from '../../db/transaction.ts';
import { beginAuditTrail, operatorActor } from '../audit/index.ts';
import { insertInstitution } from './institution-store.ts';

/** The id of an institution: capital letters, digits and underscores, 2 to 8 (design section 4). */
export const institutionIdPattern = /^[A-Z0-9_]{2,8}$/;

/**
 * Makes an institution with its own random keys, wrapped by the master key, and the first entry of its audit trail, in
 * the caller's transaction. The only way in: an institution without that entry is taken for one that was tampered with.
 *
 * @returns false when an institution of this id exists already; nothing is changed then
 */
export async function createInstitution(
  deps: { keyring: Keyring },
  tx: OperatorTx,
  institution: { id: string; name: string; settings?: InstitutionSettings; at: Date },
): Promise<boolean> {
  const { id, at, settings = { defaultCountry: 'US' } } = institution;
  if (!(await insertInstitution(tx, { ...institution, settings }))) return false;
  const keys = await deps.keyring.createInstitutionKeys(tx, id);
  await beginAuditTrail(tx, keys, {
    at,
    actor: operatorActor,
    operation: 'createInstitution',
    resource: id,
    outcome: 'done',
    detail: { ...settings },
  });
  return true;
}

import type { Database } from '../../db/transaction.ts';
import type { Principal } from '../access/index.ts';
import { findPersonBy } from './people-deps.ts';
import type { Me } from './user-account-schemas.ts';
import { findInstitutionName, listApplicationInstitutions } from './user-account-store.ts';

/** The caller as they may see themselves. People of an external issuer are in no table of ours: they see this institution. */
export async function getMe(deps: { database: Database }, principal: Principal): Promise<Me> {
  const { institutionId } = principal;
  const name = (await deps.database.inInstitution(institutionId, findInstitutionName)) ?? institutionId;
  const institutions = await listInstitutionsOf(deps, principal);
  return {
    id: principal.id,
    kind: principal.kind,
    name: principal.name,
    applicationId: principal.applicationId,
    institution: { id: institutionId, name },
    institutions: institutions.length === 0 ? [{ id: institutionId, name }] : [...institutions],
    roles: [...principal.roles],
    scopes: [...principal.scopes],
  };
}

async function listInstitutionsOf(
  deps: { database: Database },
  principal: Principal,
): Promise<readonly { id: string; name: string }[]> {
  if (principal.kind === 'person') {
    const found = await findPersonBy(deps, { id: principal.id });
    return (found?.person.grants ?? []).map((grant) => ({ id: grant.institutionId, name: grant.institutionName }));
  }
  return await deps.database.inAuthentication((tx) => listApplicationInstitutions(tx, principal.applicationId));
}

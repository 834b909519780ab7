import { entityTag } from '../../http/entity-tag.ts';
import { isRole } from '../access/index.ts';
import type { UserAccount } from './user-account-schemas.ts';
import type { SeenAccount } from './user-account-store.ts';

/** The account as the contract shows it. */
export function userAccountBody(seen: SeenAccount): UserAccount {
  return {
    id: seen.id,
    loginName: seen.login_name,
    name: seen.name,
    homeInstitution: seen.institution_id,
    roles: seen.roles.filter(isRole),
    state: seen.state,
    hasPassword: seen.has_password,
    hasSecondFactor: seen.has_second_factor,
    createdAt: seen.created_at.toISOString(),
    createdBy: seen.created_by,
    updatedAt: seen.updated_at.toISOString(),
    ...(seen.last_sign_in_at === null ? {} : { lastSignInAt: seen.last_sign_in_at.toISOString() }),
  };
}

/** The strong entity tag: of all that is shown, because roles and the last sign-in do not touch the revision. */
export function userAccountTag(seen: SeenAccount): string {
  return entityTag([JSON.stringify(userAccountBody(seen)), seen.revision]);
}

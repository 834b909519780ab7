import { entityTag } from '../../http/entity-tag.ts';
import { isRole, isScope } from '../access/index.ts';
import type { Application, ApplicationSecret } from './application-schemas.ts';
import type { SeenApplicationRow } from './application-store.ts';
import { readKeySet } from './public-keys.ts';
import type { SecretRow } from './secret-store.ts';

/** An application and for which institutions it may act, as far as the viewer may know. */
export interface SeenApplication {
  readonly row: SeenApplicationRow;
  readonly institutionIds: readonly string[];
}

/** The application as the contract shows it. */
export function applicationBody({ row, institutionIds }: SeenApplication): Application {
  const jwks = readKeySet(row.jwks);
  return {
    id: row.id,
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    homeInstitution: row.institution_id,
    institutions: [...institutionIds],
    authenticationType: row.authentication_type,
    clientAuthentication: row.client_authentication,
    ...(jwks === undefined ? {} : { jwks }),
    environment: row.environment,
    state: row.state,
    apiKeyState: row.api_key_state,
    scopes: row.scopes.filter(isScope),
    roles: row.roles.filter(isRole),
    redirectUris: row.redirect_uris,
    postLogoutRedirectUris: row.post_logout_redirect_uris,
    owners: row.owners,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    updatedAt: row.updated_at.toISOString(),
  };
}

/**
 * The strong entity tag. Every change of the row bumps its revision; a grant can also be withdrawn by the institution
 * that it is for, which cannot touch the row.
 */
export function applicationTag({ row, institutionIds }: SeenApplication): string {
  return entityTag([row.id, row.revision, ...institutionIds]);
}

export function secretBody(row: Pick<SecretRow, 'id' | 'created_at' | 'expires_at'>): ApplicationSecret {
  return {
    id: row.id,
    createdAt: row.created_at.toISOString(),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at.toISOString() }),
  };
}

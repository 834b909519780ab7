import { isDeepStrictEqual } from 'node:util';
import { nameKey } from '../../lib/name-key.ts';
import { Problem } from '../../lib/problem.ts';
import type { PlannedChange } from './application-change.ts';
import { checkApplication } from './application-rules.ts';
import type { ApplicationPatch } from './application-schemas.ts';
import type { ApplicationRow } from './application-store.ts';
import { applicationBody, applicationTag, type SeenApplication } from './application-view.ts';
import { usesSecrets } from './new-application.ts';
import { checkKeySet } from './public-keys.ts';
import { deleteSecrets } from './secret-store.ts';

/** What the patch must be whatever the application is; before the transaction. */
export function checkPatch(patch: ApplicationPatch): void {
  if (patch.name === null) {
    throw new Problem('unprocessableEntity', { detail: 'An application must have a name: name cannot be null.' });
  }
  if (patch.jwks) checkKeySet(patch.jwks);
}

/**
 * Compares the patch (RFC 7396) with the application: what changes, and whether it gives or takes.
 *
 * @throws Problem `unprocessableEntity` when the parts of the application no longer fit together
 */
export function planPatch(seen: SeenApplication, patch: ApplicationPatch): PlannedChange {
  const { row } = seen;
  const columns = columnsOf(patch);
  const institutionIds = patch.institutions?.toSorted() ?? seen.institutionIds;
  if (!institutionIds.includes(row.institution_id)) throw homeNeeded();
  const before = applicationBody(seen);
  const next = { ...row, ...columns, jwks: patch.jwks === undefined ? row.jwks : patch.jwks };
  checkApplication(next);
  const after = applicationBody({ row: next, institutionIds });
  const fields = Object.keys(patch).filter(
    (field) => !isDeepStrictEqual(fieldOf(before, field), fieldOf(after, field)),
  );
  const authenticatesAnew = fields.includes('clientAuthentication') || fields.includes('jwks');
  const lists = [
    [row.scopes, next.scopes],
    [row.roles, next.roles],
    [seen.institutionIds, institutionIds],
  ] as const;
  return {
    change: {
      ...columns,
      ...(patch.jwks === undefined ? {} : { jwks: patch.jwks === null ? null : JSON.stringify(patch.jwks) }),
    },
    institutionIds,
    fields,
    // Where a code is sent decides who gets it.
    widens: authenticatesAnew || [...lists, ...uriLists(row, next)].some(([old, now]) => hasMore(old, now)),
    narrows: authenticatesAnew || lists.some(([old, now]) => hasMore(now, old)),
    detail: { ...(fields.includes('institutions') ? { institutions: institutionIds } : {}), ...given(fields, next) },
    apply: async (tx) => {
      if (!usesSecrets(next)) await deleteSecrets(tx, row.id);
    },
    reply: (changed) => ({
      status: 200,
      headers: { ETag: applicationTag(changed) },
      body: applicationBody(changed),
    }),
  };
}

export function homeNeeded(): Problem {
  return new Problem('unprocessableEntity', {
    detail:
      'An application acts for its home too: institutions must have it. Disable or delete the application instead.',
  });
}

/** All but the keys, which are written as text. */
function columnsOf(patch: ApplicationPatch): Partial<Omit<ApplicationRow, 'jwks'>> {
  const { name, description, clientAuthentication, environment, scopes, roles, owners } = patch;
  const { redirectUris, postLogoutRedirectUris } = patch;
  return {
    ...(name === undefined || name === null ? {} : { name, name_key: nameKey(name) }),
    ...(description === undefined ? {} : { description }),
    ...(clientAuthentication === undefined ? {} : { client_authentication: clientAuthentication }),
    ...(environment === undefined ? {} : { environment }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(roles === undefined ? {} : { roles }),
    ...(redirectUris === undefined ? {} : { redirect_uris: redirectUris }),
    ...(postLogoutRedirectUris === undefined ? {} : { post_logout_redirect_uris: postLogoutRedirectUris }),
    ...(owners === undefined ? {} : { owners }),
  };
}

type UriLists = Pick<ApplicationRow, 'redirect_uris' | 'post_logout_redirect_uris'>;

function uriLists(before: UriLists, after: UriLists) {
  return [
    [before.redirect_uris, after.redirect_uris],
    [before.post_logout_redirect_uris, after.post_logout_redirect_uris],
  ] as const;
}

/** What an auditor asks first: which rights it has now. */
function given(fields: readonly string[], next: Pick<ApplicationRow, 'scopes' | 'roles'>): Record<string, unknown> {
  return {
    ...(fields.includes('scopes') ? { scopes: next.scopes } : {}),
    ...(fields.includes('roles') ? { roles: next.roles } : {}),
  };
}

function hasMore(before: readonly string[], after: readonly string[]): boolean {
  return after.some((value) => !before.includes(value));
}

function fieldOf(body: object, field: string): unknown {
  return Object.entries(body).find(([name]) => name === field)?.[1];
}

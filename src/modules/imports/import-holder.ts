import { type Static, Type } from 'typebox';
import { type AccessVerifier, isRole, isScope, type Principal } from '../access/index.ts';
import { type AudienceViewer, viewerOf } from '../audiences/index.ts';

/** Who asked for a job, as its record keeps it: to ask again what they may do, and for the audit trail. */
export const holderSchema = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['person', 'application']),
  applicationId: Type.String(),
  scopes: Type.Array(Type.String()),
  roles: Type.Array(Type.String()),
  address: Type.Optional(Type.String()),
});

export type Holder = Static<typeof holderSchema>;

export function holderOf(principal: Principal): Holder {
  const { id, kind, applicationId, scopes, roles, address } = principal;
  return {
    id,
    kind,
    applicationId,
    scopes: [...scopes],
    roles: [...roles],
    ...(address === undefined ? {} : { address }),
  };
}

/** The caller as they were when they asked; `assertStillHolds` says what is left of it. */
export function principalOf(holder: Holder, work: { institutionId: string; askedAt: Date }): Principal {
  const { id, kind, applicationId, address } = holder;
  const scopes = new Set(holder.scopes.filter(isScope));
  const roles = new Set(holder.roles.filter(isRole));
  return { id, kind, name: '', applicationId, scopes, roles, address, ...work };
}

/** What the caller may do with audiences now: whoever is no administrator any more edits only what they may as others. */
export async function presentViewer(
  access: Pick<AccessVerifier, 'assertStillHolds'>,
  principal: Principal,
): Promise<AudienceViewer> {
  const viewer = viewerOf(principal);
  if (!viewer.managesAll) return viewer;
  const isAdministrator = await access.assertStillHolds(principal, 'manageAccess').then(
    () => true,
    () => false,
  );
  return { ...viewer, managesAll: isAdministrator, seesAll: isAdministrator };
}

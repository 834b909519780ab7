import { Problem } from '../../lib/problem.ts';
import { type Principal, seesAllAudiences } from '../access/index.ts';
import type { CommandResult } from '../commands/index.ts';

/** Whose eyes a store looks with: it finds an audience only if this caller may see it. */
export interface AudienceViewer {
  readonly principalId: string;
  /** Administrators and auditors see every audience; others their own and what is shared with them. */
  readonly seesAll: boolean;
  /** Administrators may do with every audience what its owner may. */
  readonly managesAll: boolean;
}

/** What somebody may do with an audience, each more than the one before: `manage` is to share and delete it. */
export const audienceAccesses = ['view', 'edit', 'manage'] as const;
export type AudienceAccess = (typeof audienceAccesses)[number];

/**
 * Whoever set the filters saw the audiences that they ask about. That they may be shared with fewer people since does
 * not change what the audience means.
 */
export const allSeeing: AudienceViewer = { principalId: 'operator', seesAll: true, managesAll: true };

export function viewerOf(principal: Pick<Principal, 'id' | 'roles'>): AudienceViewer {
  return {
    principalId: principal.id,
    seesAll: seesAllAudiences(principal),
    managesAll: principal.roles.has('administrator'),
  };
}

/**
 * What the viewer may do with an audience that was found for them.
 *
 * @param shared what the audience is shared with them for, if it is
 */
export function accessOf(
  viewer: AudienceViewer,
  audience: { readonly created_by: string },
  shared: 'view' | 'edit' | undefined,
): AudienceAccess {
  if (viewer.managesAll || audience.created_by === viewer.principalId) return 'manage';
  // An auditor sees it without a share.
  return shared ?? 'view';
}

export function includesAccess(has: AudienceAccess, needed: AudienceAccess): boolean {
  return audienceAccesses.indexOf(has) >= audienceAccesses.indexOf(needed);
}

const denialDetails = {
  edit: 'The audience is shared with you to view. Its owner can share it to edit.',
  manage: 'Only its owner and administrators may share or delete an audience.',
} as const;

/** Who may see an audience and not do this with it is told so: 403, and the audit trail has the attempt. */
export function accessDenied(needed: Exclude<AudienceAccess, 'view'>): Problem {
  return new Problem('forbidden', { detail: denialDetails[needed], attributes: { access: needed } });
}

/** The same as the end of a command. */
export function deniedResult(audienceId: string, needed: Exclude<AudienceAccess, 'view'>): CommandResult {
  const problem = accessDenied(needed);
  return {
    reply: { status: problem.status },
    audit: { resource: audienceId, outcome: 'denied', detail: { missing: 'audienceAccess', access: needed } },
    problem,
  };
}

import { Problem } from '../../../lib/problem.ts';
import type { Principal } from '../../access/index.ts';
import { type CommandContext, type CommandReply, runCommand } from '../../commands/index.ts';
import { isActivePrincipal } from '../../principals/index.ts';
import { deniedResult, viewerOf } from '../audience-access.ts';
import { type AudienceDeps, noAudience } from '../audience-service.ts';
import { type AudienceRow, findAudience, lockAudience } from '../audience-store.ts';
import {
  type CollaboratorRow,
  countShares,
  deleteShare,
  findCollaborator,
  findShare,
  listCollaborators,
  saveShare,
} from './audience-share-store.ts';
import { type Collaborator, collaboratorsMax, type NewCollaborator } from './collaborator-schemas.ts';

/**
 * Whoever may see an audience may see with whom it is shared.
 *
 * @returns `last` is the id of the collaborator that the page ended with unless it was the last page
 * @throws Problem `notFound`
 */
export async function getCollaborators(
  deps: Pick<AudienceDeps, 'database'>,
  principal: Principal,
  audienceId: string,
  page: { after: string | undefined; limit: number },
): Promise<{ items: Collaborator[]; count: number; last: string | undefined }> {
  return await deps.database.inInstitution(
    principal.institutionId,
    async (tx) => {
      if ((await findAudience(tx, viewerOf(principal), audienceId)) === undefined) noAudience();
      // One more than asked for tells whether there is another page.
      const rows = await listCollaborators(tx, audienceId, { ...page, limit: page.limit + 1 });
      const shown = rows.slice(0, page.limit);
      const last = rows.length > page.limit ? shown.at(-1)?.principal_id : undefined;
      return { items: shown.map(collaboratorBody), count: await countShares(tx, audienceId), last };
    },
    // The count and the rows are of one moment.
    { isolation: 'repeatable read' },
  );
}

/** @throws Problem `notFound` */
export async function getCollaborator(
  deps: Pick<AudienceDeps, 'database'>,
  principal: Principal,
  ref: { audienceId: string; collaboratorId: string },
): Promise<Collaborator> {
  return await deps.database.inInstitution(principal.institutionId, async (tx) => {
    if ((await findAudience(tx, viewerOf(principal), ref.audienceId)) === undefined) noAudience();
    return collaboratorBody((await findCollaborator(tx, ref.audienceId, ref.collaboratorId)) ?? noCollaborator());
  });
}

/**
 * Shares an audience (201), or changes what a share is for (200).
 *
 * @throws Problem `notFound`; `forbidden` for whoever neither owns the audience nor is an administrator;
 *   `unprocessableEntity` for somebody without a grant for the institution, the owner, the caller, or one too many
 */
export async function shareAudience(
  deps: AudienceDeps,
  context: CommandContext,
  audienceId: string,
  order: NewCollaborator,
): Promise<CommandReply> {
  const viewer = viewerOf(context.principal);
  return await runCommand(deps, context, async (tx) => {
    const audience = (await lockAudience(tx, viewer, audienceId)) ?? noAudience();
    if (!isManager(viewer, audience)) return deniedResult(audienceId, 'manage');
    const { principalId, access } = order;
    checkNotOwn(context.principal, audience, principalId);
    if (!(await isActivePrincipal(tx, principalId))) throw noGrant();
    const before = await findShare(tx, audienceId, principalId);
    if (before === undefined && (await countShares(tx, audienceId)) >= collaboratorsMax) throw tooMany();
    await saveShare(tx, {
      institution_id: tx.institutionId,
      audience_id: audienceId,
      principal_id: principalId,
      access,
      created_at: deps.clock.now(),
      created_by: context.principal.id,
    });
    const body = collaboratorBody((await findCollaborator(tx, audienceId, principalId)) ?? noCollaborator());
    const location = `/service/customerAudiences/${audienceId}/collaborators/${principalId}`;
    return {
      reply: before === undefined ? { status: 201, headers: { Location: location }, body } : { status: 200, body },
      audit: { resource: audienceId, detail: { principalId, access, accessBefore: before?.access ?? 'none' } },
    };
  });
}

/** Ends a share. @throws Problem `notFound`, `forbidden` */
export async function unshareAudience(
  deps: AudienceDeps,
  context: CommandContext,
  ref: { audienceId: string; collaboratorId: string },
): Promise<CommandReply> {
  const viewer = viewerOf(context.principal);
  return await runCommand(deps, context, async (tx) => {
    const { audienceId, collaboratorId: principalId } = ref;
    const audience = (await lockAudience(tx, viewer, audienceId)) ?? noAudience();
    if (!isManager(viewer, audience)) return deniedResult(audienceId, 'manage');
    const before = (await findShare(tx, audienceId, principalId)) ?? noCollaborator();
    await deleteShare(tx, audienceId, principalId);
    return {
      reply: { status: 204 },
      audit: { resource: audienceId, detail: { principalId, access: 'none', accessBefore: before.access } },
    };
  });
}

function isManager(viewer: ReturnType<typeof viewerOf>, audience: AudienceRow): boolean {
  return viewer.managesAll || audience.created_by === viewer.principalId;
}

function checkNotOwn(principal: Principal, audience: AudienceRow, principalId: string): void {
  if (principalId === audience.created_by) {
    throw new Problem('unprocessableEntity', { detail: 'This is the owner of the audience, who may do everything.' });
  }
  if (principalId === principal.id) {
    throw new Problem('unprocessableEntity', { detail: 'An audience cannot be shared with yourself.' });
  }
}

/** The same for somebody unknown, of another institution, and disabled: it tells nothing of who there is. */
function noGrant(): Problem {
  return new Problem('unprocessableEntity', {
    detail: 'No active person or application of this id may act for the institution.',
  });
}

function tooMany(): Problem {
  return new Problem('unprocessableEntity', {
    detail: `An audience can be shared with at most ${collaboratorsMax}.`,
    attributes: { collaboratorsMax },
  });
}

function noCollaborator(): never {
  throw new Problem('notFound', { detail: 'The audience is not shared with anybody of this id.' });
}

function collaboratorBody(row: CollaboratorRow): Collaborator {
  return {
    id: row.principal_id,
    principalId: row.principal_id,
    ...(row.kind === null ? {} : { kind: row.kind }),
    ...(row.name === null ? {} : { name: row.name }),
    access: row.access,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
  };
}

import { Problem } from '../../lib/problem.ts';
import { type CommandContext, type CommandReply, runCommand } from '../commands/index.ts';
import {
  type ApplicationDeps,
  type ApplicationTarget,
  announceChange,
  changeApplication,
  readApplication,
} from './application-change.ts';
import { homeNeeded } from './application-patch.ts';
import { deleteGrants } from './grant-store.ts';

/**
 * Ends that an application may act for an institution. Its home can do so, and the institution itself, though it cannot
 * change the application otherwise: whom an institution lets in is its own decision.
 *
 * @throws Problem `notFound` where the caller sees no such grant; `unprocessableEntity` for the home's own
 */
export async function removeGrant(
  deps: ApplicationDeps,
  context: CommandContext,
  target: ApplicationTarget,
  institutionId: string,
): Promise<CommandReply> {
  const { principal } = context;
  const { row } = await deps.database.inInstitution(principal.institutionId, (tx) => readApplication(tx, target.id));
  return row.institution_id === principal.institutionId
    ? await removeByHome(deps, context, target, institutionId)
    : await removeOwn(deps, context, target, { institutionId, home: row.institution_id });
}

async function removeByHome(
  deps: ApplicationDeps,
  context: CommandContext,
  target: ApplicationTarget,
  institutionId: string,
): Promise<CommandReply> {
  return await changeApplication(
    deps,
    context,
    target,
    async (_tx, { row, institutionIds }) => {
      if (institutionId === row.institution_id) throw homeNeeded();
      if (!institutionIds.includes(institutionId)) throw noGrant();
      return {
        change: {},
        institutionIds: institutionIds.filter((id) => id !== institutionId),
        fields: ['institutions'],
        widens: false,
        narrows: true,
        detail: { removed: institutionId },
        reply: () => ({ status: 204 }),
      };
    },
    { unconditionally: true },
  );
}

async function removeOwn(
  deps: ApplicationDeps,
  context: CommandContext,
  target: ApplicationTarget,
  grant: { institutionId: string; home: string },
): Promise<CommandReply> {
  const { institutionId, home } = grant;
  if (institutionId !== context.principal.institutionId) throw noGrant();
  const reply = await runCommand(deps, context, async (tx) => {
    if ((await deleteGrants(tx, target.id, [institutionId])) === 0) throw noGrant();
    return { reply: { status: 204 }, audit: { resource: target.id, detail: { removed: institutionId } } };
  });
  if (!context.dryRun) {
    await announceChange(deps, context, target.id, { institutionIds: [home], fields: ['institutions'] });
  }
  return reply;
}

function noGrant(): Problem {
  return new Problem('notFound', { detail: 'The application may not act for this institution.' });
}

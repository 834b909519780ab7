import type { InstitutionTx } from '../../db/transaction.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import { type CommandContext, type CommandReply, recordingRefusal, runCommand } from '../commands/index.ts';
import {
  type ApplicationDeps,
  type ApplicationTarget,
  announceChange,
  changeApplication,
  lockForChange,
  readApplication,
} from './application-change.ts';
import { type ApplicationFilter, type ApplicationPage, listApplications } from './application-list-store.ts';
import { checkPatch, homeNeeded, planPatch } from './application-patch.ts';
import type { ApplicationPatch, NewApplicationBody } from './application-schemas.ts';
import { type ApplicationRow, deleteApplication, type SeenApplicationRow } from './application-store.ts';
import { applicationBody, applicationTag, type SeenApplication } from './application-view.ts';
import { listGrantsOf } from './grant-store.ts';
import { addApplication } from './new-application.ts';
import { checkKeySet } from './public-keys.ts';

/** A page of applications; `last` is the row it ended with unless it was the last page. */
export async function getApplications(
  deps: Pick<ApplicationDeps, 'database'>,
  principal: Principal,
  filter: ApplicationFilter,
  page: ApplicationPage,
): Promise<{ applications: SeenApplication[]; count: number; last: SeenApplicationRow | undefined }> {
  const read = async (tx: InstitutionTx) => {
    // One more than asked for tells whether there is another page.
    const { rows, count } = await listApplications(tx, filter, { ...page, limit: page.limit + 1 });
    const shown = rows.slice(0, page.limit);
    const grants = await listGrantsOf(
      tx,
      shown.map((row) => row.id),
    );
    const applications = shown.map((row) => ({ row, institutionIds: grants.get(row.id) ?? [] }));
    return { applications, count, last: rows.length > page.limit ? shown.at(-1) : undefined };
  };
  // The count, the rows and their grants are of one moment.
  return await deps.database.inInstitution(principal.institutionId, read, { isolation: 'repeatable read' });
}

/** @throws Problem `notFound` unless the institution manages it or it may act for the institution */
export async function getApplication(
  deps: Pick<ApplicationDeps, 'database'>,
  principal: Principal,
  id: string,
): Promise<SeenApplication> {
  return await deps.database.inInstitution(principal.institutionId, (tx) => readApplication(tx, id));
}

/**
 * Makes an application of the caller's institution, without credentials: those have operations of their own.
 *
 * @throws Problem `badRequest` for keys that are none; `unprocessableEntity` when the parts do not fit together;
 *   `forbidden` for more than the caller may hand out, which is audited
 */
export async function postApplication(
  deps: ApplicationDeps,
  context: CommandContext,
  body: NewApplicationBody,
): Promise<CommandReply> {
  const { institutionId, id: by } = context.principal;
  const { institutions: institutionIds = [institutionId], scopes, ...parts } = body;
  if (!institutionIds.includes(institutionId)) throw homeNeeded();
  if (parts.jwks !== undefined) checkKeySet(parts.jwks);
  const checkHandOut = await deps.prepareHandOut(context.principal, { institutionIds });
  let made: ApplicationRow | undefined;
  const reply = await recordingRefusal(deps, context, undefined, () =>
    runCommand(deps, context, async (tx) => {
      const problem = checkHandOut({ scopes, institutionIds });
      if (problem !== undefined) throw problem;
      const at = deps.clock.now();
      const row = await addApplication(tx, { ...parts, scopes, institutionId, institutionIds, at, by });
      made = row;
      const seen = { row, institutionIds: institutionIds.toSorted() };
      return {
        reply: {
          status: 201,
          headers: { Location: `/service/applications/${row.id}`, ETag: applicationTag(seen) },
          body: applicationBody(seen),
        },
        audit: { resource: row.id, detail: { institutions: institutionIds, scopes, roles: row.roles } },
      };
    }),
  );
  if (!context.dryRun && made !== undefined) {
    await announceChange(deps, context, made.id, { institutionIds, fields: ['institutions', 'scopes', 'roles'] });
  }
  return reply;
}

/**
 * Changes an application (RFC 7396). A patch that changes nothing leaves the entity tag as it is.
 *
 * @throws Problem as `changeApplication`, and `badRequest`, `unprocessableEntity`
 */
export async function patchApplication(
  deps: ApplicationDeps,
  context: CommandContext,
  target: ApplicationTarget,
  patch: ApplicationPatch,
): Promise<CommandReply> {
  checkPatch(patch);
  const { institutions: institutionIds } = patch;
  return await changeApplication(deps, context, target, async (_tx, seen) => planPatch(seen, patch), {
    institutionIds,
  });
}

/** Deletes an application with its secrets and grants; its tokens end with it, what it made stays. */
export async function removeApplication(
  deps: ApplicationDeps,
  context: CommandContext,
  target: ApplicationTarget,
): Promise<CommandReply> {
  let institutionIds: readonly string[] = [];
  const reply = await recordingRefusal(deps, context, target.id, () =>
    runCommand(deps, context, async (tx) => {
      const seen = await lockForChange(tx, target);
      institutionIds = seen.institutionIds;
      await deleteApplication(tx, target.id);
      return { reply: { status: 204 }, audit: { resource: target.id, detail: { institutions: institutionIds } } };
    }),
  );
  if (!context.dryRun) await announceChange(deps, context, target.id, { institutionIds, fields: ['deleted'] });
  return reply;
}

/**
 * Disables or enables an application; one that is there already stays as it is. A disabled one gets no tokens, and
 * those it has are refused, also after it is enabled again.
 */
export async function moveApplication(
  deps: ApplicationDeps,
  context: CommandContext,
  target: ApplicationTarget,
  state: ApplicationRow['state'],
): Promise<CommandReply> {
  return await changeApplication(
    deps,
    context,
    target,
    async (_tx, { row }) => ({
      change: { state },
      fields: row.state === state ? [] : ['state'],
      widens: state === 'active',
      narrows: state === 'disabled',
      detail: { state },
      reply: seenReply,
    }),
    { unconditionally: true },
  );
}

/** Disables or enables the API key. @throws Problem `unprocessableEntity` when the application has none */
export async function moveApiKey(
  deps: ApplicationDeps,
  context: CommandContext,
  target: ApplicationTarget,
  state: 'active' | 'disabled',
): Promise<CommandReply> {
  return await changeApplication(
    deps,
    context,
    target,
    async (_tx, { row }) => {
      if (row.api_key_state === 'none') {
        throw new Problem('unprocessableEntity', { detail: 'This application has no API key.' });
      }
      return {
        change: { api_key_state: state },
        fields: row.api_key_state === state ? [] : ['apiKeyState'],
        widens: state === 'active',
        narrows: state === 'disabled',
        detail: { apiKeyState: state },
        reply: seenReply,
      };
    },
    { unconditionally: true },
  );
}

function seenReply(seen: SeenApplication): CommandReply {
  return { status: 200, headers: { ETag: applicationTag(seen) }, body: applicationBody(seen) };
}

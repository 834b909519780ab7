import { isDeepStrictEqual } from 'node:util';
import type { InstitutionSettings } from '../../db/tables.ts';
import type { Database } from '../../db/transaction.ts';
import { type ConditionalRequest, checkIfMatch, entityTag } from '../../http/entity-tag.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import { type CommandContext, type CommandReply, runCommand } from '../commands/index.ts';
import { checkFilterTypeLimits } from '../filters/index.ts';
import { findInstitutionSettings, lockInstitutionSettings, mergeInstitutionSettings } from '../institutions/index.ts';
import type { Settings, SettingsPatch } from './settings-schemas.ts';
import { type KnownNames, readKnownNames, settingsBody } from './settings-view.ts';

/** Imports that match hold the institution: a change can wait longer than a read. */
const lockTimeoutMs = 15_000;

export async function getSettings({ database }: { database: Database }, principal: Principal): Promise<Settings> {
  return await database.inInstitution(principal.institutionId, async (tx) =>
    settingsBody(await findInstitutionSettings(tx), await readKnownNames(tx)),
  );
}

/**
 * Changes what the institution itself decides (RFC 7396). New filters and audiences are held to it from this commit on;
 * audiences that are there go on as they are.
 *
 * @throws Problem `preconditionRequired`, `preconditionFailed`; `unprocessableEntity` with the place of a template or
 *   filter type that is not there, and of a limit that does not narrow its type
 */
export async function patchSettings(
  deps: { database: Database; clock: Clock; audit: Audit },
  context: CommandContext,
  target: ConditionalRequest,
  patch: SettingsPatch,
): Promise<CommandReply> {
  const { institutionId } = context.principal;
  return await runCommand(
    deps,
    context,
    async (tx) => {
      const settings = await lockInstitutionSettings(tx);
      const known = await readKnownNames(tx);
      checkIfMatch(target, settingsTag(institutionId, settingsBody(settings, known)));
      const change = changeOf(settings, patch, known);
      if (Object.keys(change).length > 0) await mergeInstitutionSettings(tx, change);
      // As they are read from now on: the database orders the names in an object anew.
      const body = settingsBody(await findInstitutionSettings(tx), known);
      return {
        reply: { status: 200, headers: { ETag: settingsTag(institutionId, body) }, body },
        audit: { resource: institutionId, detail: { ...change } },
      };
    },
    { lockTimeoutMs },
  );
}

/** The strong entity tag. The operator's settings and deleted templates show in the body, so they count too. */
export function settingsTag(institutionId: string, body: Settings): string {
  return entityTag([institutionId, JSON.stringify(body)]);
}

/** The settings that a checked patch makes other than they are. */
function changeOf(settings: InstitutionSettings, patch: SettingsPatch, known: KnownNames): InstitutionSettings {
  const { excludedCustomerAudienceTemplates: excluded, filterTypes: limits } = patch;
  const wanted: InstitutionSettings = {
    ...(excluded === undefined ? {} : { excludedCustomerAudienceTemplates: checkTemplates(excluded ?? [], known) }),
    ...(limits === undefined
      ? {}
      : { filterTypes: checkFilterTypeLimits(limits ?? [], known.filterTypes, '/filterTypes') }),
  };
  const now: Readonly<Record<string, unknown>> = { ...settings };
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => !isDeepStrictEqual(value, now[name] ?? [])),
  );
}

function checkTemplates(ids: readonly string[], { templateIds }: KnownNames): string[] {
  const unknown = ids.findIndex((id) => !templateIds.has(id));
  if (unknown === -1) return [...ids];
  const pointer = `/excludedCustomerAudienceTemplates/${unknown}`;
  throw new Problem('unprocessableEntity', {
    detail: `${pointer}: there is no template with this id.`,
    attributes: { pointer },
  });
}

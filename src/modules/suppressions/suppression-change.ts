import type { InstitutionTx } from '../../db/transaction.ts';
import { type ConditionalRequest, checkIfMatch } from '../../http/entity-tag.ts';
import { Problem } from '../../lib/problem.ts';
import { checkAudienceName, viewerOf } from '../audiences/index.ts';
import { type CommandContext, type CommandReply, runCommand } from '../commands/index.ts';
import { checkExpiry, suppressionAudit } from './suppression-create.ts';
import type { SuppressionPatch } from './suppression-schemas.ts';
import { noSuppression, type SuppressionDeps, seeRow } from './suppression-service.ts';
import { deleteSuppression, lockSuppression, type SuppressionRow, updateSuppression } from './suppression-store.ts';
import { type SeenSuppression, suppressionBody, suppressionTag } from './suppression-view.ts';

type Target = ConditionalRequest & { readonly id: string };

/**
 * Changes name, description or the last day (RFC 7396); one that has expired can be made to hold again.
 *
 * @throws Problem `notFound`, `preconditionRequired`, `preconditionFailed`, `badRequest` for a name out of form;
 *   `unprocessableEntity` for `name: null` and for a day that is past
 */
export async function patchSuppression(
  deps: SuppressionDeps,
  context: CommandContext,
  target: Target,
  patch: SuppressionPatch,
): Promise<CommandReply> {
  return await runCommand(deps, context, async (tx) => {
    const at = deps.clock.now();
    const present = await lockTarget(tx, context, target, at);
    checkPatch(patch, at);
    const { changed, change } = changeOf(present.row, patch);
    const seen =
      changed.length === 0
        ? present
        : { ...present, row: await updateSuppression(tx, present.row, { ...change, updated_at: at }) };
    return {
      reply: { status: 200, headers: { ETag: suppressionTag(seen) }, body: suppressionBody(seen) },
      audit: {
        resource: seen.row.id,
        detail: { ...suppressionAudit(seen), changed, expiresOnBefore: present.row.expires_on },
      },
    };
  });
}

/**
 * Deletes a suppression: from this commit on it holds back nobody. The ledger of its import and the audit trail stay.
 *
 * @throws Problem `notFound`, `preconditionRequired`, `preconditionFailed`
 */
export async function removeSuppression(
  deps: SuppressionDeps,
  context: CommandContext,
  target: Target,
): Promise<CommandReply> {
  return await runCommand(deps, context, async (tx) => {
    const present = await lockTarget(tx, context, target, deps.clock.now());
    await deleteSuppression(tx, present.row.id);
    return { reply: { status: 204 }, audit: { resource: present.row.id, detail: suppressionAudit(present) } };
  });
}

async function lockTarget(
  tx: InstitutionTx,
  { principal }: CommandContext,
  target: Target,
  at: Date,
): Promise<SeenSuppression> {
  const row = (await lockSuppression(tx, viewerOf(principal), target.id)) ?? noSuppression();
  const present = await seeRow(tx, row, at);
  checkIfMatch(target, suppressionTag(present));
  return present;
}

function checkPatch({ name, expiresOn }: SuppressionPatch, at: Date): void {
  if (name === null) {
    throw new Problem('unprocessableEntity', { detail: 'A suppression must have a name: name cannot be null.' });
  }
  if (name !== undefined) checkAudienceName(name);
  checkExpiry(expiresOn, at);
}

/** What a checked patch changes, as columns and as the names of fields. */
function changeOf(row: SuppressionRow, patch: SuppressionPatch) {
  const change = {
    name: patch.name ?? row.name,
    description: patch.description === undefined ? row.description : patch.description,
    expires_on: patch.expiresOn === undefined ? row.expires_on : patch.expiresOn,
  };
  const changed = [
    ...(change.name === row.name ? [] : ['name']),
    ...(change.description === row.description ? [] : ['description']),
    ...(change.expires_on === row.expires_on ? [] : ['expiresOn']),
  ];
  return { change, changed };
}

import type { InstitutionTx } from '../../db/transaction.ts';
import { randomId } from '../../lib/id.ts';
import { Problem } from '../../lib/problem.ts';
import { type AudienceViewer, checkAudienceName, lockAudience, utcDay, viewerOf } from '../audiences/index.ts';
import { type CommandContext, type CommandReply, runCommand } from '../commands/index.ts';
import { type AudienceSuppression, type NewSuppression, suppressionsMax } from './suppression-schemas.ts';
import { type SuppressionDeps, seeSuppression } from './suppression-service.ts';
import { countSuppressions, insertSuppression, lockSuppressions } from './suppression-store.ts';
import { type SeenSuppression, suppressionBody, suppressionTag } from './suppression-view.ts';

/** What names the customers: a list that has been matched, or an audience. */
export type SuppressedCustomers =
  /** @property members Roaring bitmap, portable format */
  { readonly members: Uint8Array; readonly importId: string } | { readonly audienceId: string };

/**
 * Makes a suppression that follows an audience which the caller sees.
 *
 * @throws Problem `badRequest` for a name out of form; `unprocessableEntity` for an audience that is not there for the
 *   caller, a day that is past, and one suppression too many
 */
export async function suppressAudience(
  deps: SuppressionDeps,
  context: CommandContext,
  { customerAudience: audienceId, ...order }: AudienceSuppression,
): Promise<CommandReply> {
  const viewer = viewerOf(context.principal);
  return await runCommand(deps, context, async (tx) => {
    const at = deps.clock.now();
    checkNewSuppression(order, at);
    // Locked: it is not deleted before the suppression that follows it is there to be seen.
    if ((await lockAudience(tx, viewer, audienceId)) === undefined) throw noSuchAudience();
    const made = await addSuppression(tx, order, { audienceId }, { at, viewer });
    return {
      reply: { status: 201, headers: createdHeaders(made), body: suppressionBody(made) },
      audit: { resource: made.row.id, detail: suppressionAudit(made) },
    };
  });
}

/**
 * Holds a new suppression to its form.
 *
 * @throws Problem `badRequest` for a name out of form, `unprocessableEntity` for a day that is past
 */
export function checkNewSuppression(order: Pick<NewSuppression, 'name' | 'expiresOn'>, at: Date): void {
  checkAudienceName(order.name);
  checkExpiry(order.expiresOn, at);
}

/** @throws Problem `unprocessableEntity` for a day that is past */
export function checkExpiry(expiresOn: string | null | undefined, at: Date): void {
  if (expiresOn === null || expiresOn === undefined || expiresOn >= utcDay(at)) return;
  throw new Problem('unprocessableEntity', {
    detail: 'expiresOn is past: the suppression would hold back nobody. Days are counted in UTC.',
  });
}

/**
 * Inserts a suppression that was checked.
 *
 * @throws Problem `unprocessableEntity` when the institution has as many as it may
 */
export async function addSuppression(
  tx: InstitutionTx,
  order: NewSuppression,
  customers: SuppressedCustomers,
  made: { at: Date; viewer: AudienceViewer },
): Promise<SeenSuppression> {
  await lockSuppressions(tx);
  if ((await countSuppressions(tx)) >= suppressionsMax) {
    throw new Problem('unprocessableEntity', {
      detail: `An institution has at most ${suppressionsMax} suppressions. An administrator can delete those that have expired.`,
    });
  }
  const id = randomId();
  await insertSuppression(tx, {
    id,
    name: order.name,
    description: order.description ?? null,
    channel: order.channel,
    expires_on: order.expiresOn ?? null,
    members: 'members' in customers ? Buffer.from(customers.members) : null,
    import_id: 'members' in customers ? customers.importId : null,
    audience_id: 'members' in customers ? null : customers.audienceId,
    revision: 1,
    created_at: made.at,
    created_by: made.viewer.principalId,
    updated_at: made.at,
  });
  return await seeSuppression(tx, made.viewer, { id, at: made.at });
}

export function createdHeaders(made: SeenSuppression): Record<string, string> {
  return { Location: `/service/suppressions/${made.row.id}`, ETag: suppressionTag(made) };
}

/** What the audit trail says of a suppression: no name, which people choose freely. */
export function suppressionAudit({ row, customerCount }: SeenSuppression): Record<string, unknown> {
  return {
    channel: row.channel,
    expiresOn: row.expires_on,
    ...(row.audience_id === null ? { importId: row.import_id } : { customerAudienceId: row.audience_id }),
    customerCount,
  };
}

function noSuchAudience(): Problem {
  return new Problem('unprocessableEntity', { detail: 'There is no audience with the id in customerAudience.' });
}

import { Problem } from '../../../lib/problem.ts';
import type { Principal } from '../../access/index.ts';
import type { CommandContext, CommandReply, CommandResult } from '../../commands/index.ts';
import { readAudienceBody } from '../audience-body.ts';
import { type AudienceDeps, type AudienceTarget, changeAudience } from '../audience-service.ts';
import { updateAudience } from '../audience-store.ts';
import { audienceTag } from '../audience-view.ts';
import { justificationNeeded } from './approval.ts';
import { type ApprovalRow, findApproval, saveApproval } from './approval-store.ts';

/**
 * Approves what an audience for credit stands on: from then on its members are told. One that waits for nothing stays
 * as it is.
 *
 * @throws Problem `notFound`, `preconditionRequired`, `preconditionFailed`; `forbidden` for a program, and for whoever
 *   wrote filters or justification; `justificationNeeded` when there is none; `conflict` for an archived audience
 */
export async function approveAudience(
  deps: AudienceDeps,
  context: CommandContext,
  target: AudienceTarget,
): Promise<CommandReply> {
  const { principal } = context;
  return await changeAudience(deps, context, target, { access: 'view', ifMatch: 'required' }, async (tx, audience) => {
    const approval = await findApproval(tx, audience.id);
    const isWaiting = approval !== undefined && audience.approval_pending;
    const refusal = isWaiting ? refusalOf(principal, approval) : undefined;
    if (refusal !== undefined) return denied(audience.id, refusal);
    if (!isWaiting) {
      const body = await readAudienceBody(tx, audience);
      return {
        reply: { status: 200, headers: { ETag: audienceTag(audience) }, body },
        audit: { resource: audience.id },
      };
    }
    if (audience.state === 'archived') {
      throw new Problem('conflict', { detail: 'The audience is archived. Activate it first.' });
    }
    const { restricted_types: filterTypes, justification } = approval;
    if (justification === null) throw justificationNeeded(filterTypes);
    const at = deps.clock.now();
    await saveApproval(tx, { ...approval, approved_by: principal.id, approved_at: at });
    const withheld = audience.withheld_versions.filter((version) => version < approval.from_version);
    const row = await updateAudience(tx, audience, {
      approval_pending: false,
      withheld_versions: withheld,
      updated_at: at,
    });
    const body = await readAudienceBody(tx, row);
    return {
      reply: { status: 200, headers: { ETag: audienceTag(row) }, body },
      // Whoever looks back must find what was approved, also when it has been changed since.
      audit: { resource: row.id, detail: { audienceVersion: row.version, filterTypes, justification } },
    };
  });
}

function refusalOf(principal: Principal, { authors }: ApprovalRow): string | undefined {
  if (principal.kind !== 'person') return 'Only a person can approve an audience.';
  if (authors.includes(principal.id)) {
    return 'You wrote its filters or its justification: a second person must approve the audience.';
  }
  return undefined;
}

function denied(audienceId: string, detail: string): CommandResult {
  const problem = new Problem('forbidden', { detail });
  return {
    reply: { status: problem.status },
    audit: { resource: audienceId, outcome: 'denied', detail: { missing: 'secondPerson' } },
    problem,
  };
}

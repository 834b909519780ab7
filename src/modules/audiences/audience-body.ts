import type { InstitutionTx } from '../../db/transaction.ts';
import { type ApprovalRow, findApproval } from './approval/approval-store.ts';
import type { CustomerAudience } from './audience-schemas.ts';
import type { AudienceRow } from './audience-store.ts';
import { audienceBody } from './audience-view.ts';
import { type AudienceCriteriaRow, findCriteria } from './filtered/audience-criteria-store.ts';

/** One audience as the contract shows it: with what it is made from, and with its approval if it needs one. */
export async function readAudienceBody(tx: InstitutionTx, row: AudienceRow): Promise<CustomerAudience> {
  const criteria = row.kind === 'filtered' ? await findCriteria(tx, row.id) : undefined;
  const approval = row.purpose === 'credit' ? await findApproval(tx, row.id) : undefined;
  return {
    ...audienceBody(row),
    ...(criteria === undefined ? {} : criteriaBody(criteria)),
    ...(approval === undefined ? {} : { approval: approvalBody(approval) }),
  };
}

function criteriaBody({ filters, refresh, refreshed_at: refreshedAt, failure }: AudienceCriteriaRow) {
  return {
    filters,
    refresh,
    refreshedAt: refreshedAt.toISOString(),
    ...(failure === null ? {} : { refreshProblem: failure }),
  };
}

function approvalBody(row: ApprovalRow): NonNullable<CustomerAudience['approval']> {
  const { approved_at: approvedAt, approved_by: approvedBy, justification } = row;
  return {
    filterTypes: row.restricted_types,
    ...(justification === null ? {} : { justification }),
    requestedAt: row.requested_at.toISOString(),
    requestedBy: row.authors,
    ...(approvedAt === null || approvedBy === null ? {} : { approvedAt: approvedAt.toISOString(), approvedBy }),
  };
}

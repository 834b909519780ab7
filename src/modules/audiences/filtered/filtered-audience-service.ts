import type { Database, InstitutionTx } from '../../../db/transaction.ts';
import { bitmapFrom } from '../../../lib/bitmap.ts';
import type { Clock } from '../../../lib/clock.ts';
import { randomId } from '../../../lib/id.ts';
import { Problem } from '../../../lib/problem.ts';
import type { Audit } from '../../audit/index.ts';
import { type CommandContext, type CommandReply, runCommand } from '../../commands/index.ts';
import { type FilterAnswer, type FilterBody, type FilterEvaluator, shareFactsVersion } from '../../filters/index.ts';
import { restrictedTypesOf, settleApproval } from '../approval/approval.ts';
import { readAudienceBody } from '../audience-body.ts';
import { checkAudienceName } from '../audience-name.ts';
import { appendAudienceVersion, insertNewAudience, purposeDefault, readVersion } from '../audience-publish.ts';
import { type AudienceRow, shareAudiences } from '../audience-store.ts';
import { audienceTag } from '../audience-view.ts';
import { type AudienceCriteriaRow, saveCriteria } from './audience-criteria-store.ts';
import { type AudienceFilters, evaluateFilters, readAudienceFilters, usedAudienceDeleted } from './audience-filters.ts';

export interface FilteredAudienceDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly filterEvaluator: FilterEvaluator;
}

export type AudienceRefresh = AudienceCriteriaRow['refresh'];

export interface FilteredAudienceOrder {
  readonly name: string;
  readonly description: string | undefined;
  readonly filters: readonly FilterBody[];
  readonly refresh: AudienceRefresh;
  readonly purpose?: AudienceRow['purpose'] | undefined;
  readonly justification?: string | undefined;
  /** The audience whose filters these are. */
  readonly copyOf?: { readonly id: string; readonly version: number };
  /** The template that it is made from, for the audit trail. */
  readonly templateId?: string | undefined;
}

/** Members that filters selected, and the base that they were selected from. */
export interface SelectedMembers {
  readonly filters: AudienceFilters;
  readonly answer: FilterAnswer & { readonly members: Uint8Array };
}

/** A load may come between finding members and keeping them: then they are found again. */
const triesMax = 3;

/**
 * Makes an audience of the customers whom filters select now.
 *
 * @throws Problem `invalidFilters`, `audienceNameTaken`, `badRequest`, `justificationNeeded`, `serviceUnavailable`
 */
export async function createFilteredAudience(
  deps: FilteredAudienceDeps,
  context: CommandContext,
  order: FilteredAudienceOrder,
): Promise<CommandReply> {
  checkAudienceName(order.name);
  const { principal } = context;
  const read = (tx: InstitutionTx) => readAudienceFilters(deps, tx, principal, order.filters);
  return await withSelected(deps, principal.institutionId, read, (selected) =>
    runCommand(deps, context, async (tx) => {
      await requireSameFacts(tx, selected);
      await holdUsedAudiences(tx, selected);
      const audience = await insertFilteredAudience(deps, tx, order, { selected, by: principal.id });
      const headers = { Location: `/service/customerAudiences/${audience.id}`, ETag: audienceTag(audience) };
      return {
        reply: { status: 201, headers, body: await readAudienceBody(tx, audience) },
        audit: { resource: audience.id, detail: { ...detailOf(audience, selected), ...templateOf(order) } },
      };
    }),
  );
}

/**
 * Finds who is selected, outside any transaction, and works with that; again when a load has changed the base before
 * the work was done.
 */
export async function withSelected<Result>(
  deps: Pick<FilteredAudienceDeps, 'database' | 'filterEvaluator'>,
  institutionId: string,
  read: (tx: InstitutionTx) => Promise<AudienceFilters>,
  work: (selected: SelectedMembers) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    const filters = await deps.database.inInstitution(institutionId, read);
    const answer = await evaluateFilters(deps.filterEvaluator, institutionId, filters, { wantsMembers: true });
    const { members } = answer;
    if (members === undefined) throw new Error('the members were wanted and have not come');
    try {
      return await work({ filters, answer: { ...answer, members } });
    } catch (error) {
      if (!(error instanceof BaseChanged) || tries === triesMax) throw error;
    }
  }
}

/**
 * Keeps the audiences that filters ask about from being deleted before the filters are there.
 *
 * @throws Problem `invalidFilters` when one of them has gone since the filters were read
 */
export async function holdUsedAudiences(tx: InstitutionTx, { filters }: SelectedMembers): Promise<void> {
  const { audienceIds } = filters;
  if (audienceIds.size === 0 || (await shareAudiences(tx, [...audienceIds])) === audienceIds.size) return;
  throw usedAudienceDeleted();
}

/** Ends the transaction of a command; whoever began it finds the members again. */
class BaseChanged extends Problem {
  constructor() {
    super('serviceUnavailable', {
      detail: 'Customers are being loaded. Try again in a moment.',
      headers: { 'Retry-After': '5' },
    });
  }
}

/** Holds the base until the transaction ends. @throws BaseChanged when a load has come since the members were found */
export async function requireSameFacts(tx: InstitutionTx, { answer }: SelectedMembers): Promise<void> {
  if ((await shareFactsVersion(tx)) !== answer.factsVersion) throw new BaseChanged();
}

async function insertFilteredAudience(
  deps: Pick<FilteredAudienceDeps, 'clock'>,
  tx: InstitutionTx,
  order: FilteredAudienceOrder,
  { selected, by }: { selected: SelectedMembers; by: string },
): Promise<AudienceRow> {
  const { answer, filters } = selected;
  const at = deps.clock.now();
  const { name, description, purpose = purposeDefault, justification, copyOf } = order;
  const { restrictedTypes } = filters;
  const row = { id: randomId(), name, description, purpose, kind: 'filtered', restrictedTypes } as const;
  const { customerCount, customerVersion, members } = answer;
  const audience = await insertNewAudience(tx, copyOf === undefined ? row : { ...row, copyOf }, {
    members,
    memberLines: null,
    customerCount,
    customerVersion,
    importId: null,
    cause: 'filters',
    restrictedTypes: await restrictedTypesOf(tx, filters),
    at,
    by,
  });
  const criteria = criteriaRow(tx, audience.id, selected, { refresh: order.refresh, at });
  await saveCriteria(tx, criteria, [...filters.audienceIds]);
  return await settleApproval(tx, audience, { at, by, justification, isChanged: true });
}

export function criteriaRow(
  tx: InstitutionTx,
  audienceId: string,
  { filters, answer }: SelectedMembers,
  { refresh, at }: { refresh: AudienceRefresh; at: Date },
): AudienceCriteriaRow {
  return {
    institution_id: tx.institutionId,
    audience_id: audienceId,
    filters: [...filters.filters],
    refresh,
    refreshed_at: at,
    facts_version: answer.factsVersion,
    failed_at: null,
    failure: null,
  };
}

/**
 * Gives a locked audience the members that its filters select now. If they are the same ones it has, there is no new
 * version.
 */
export async function publishSelected(
  tx: InstitutionTx,
  audience: AudienceRow,
  { answer, filters }: SelectedMembers,
  version: { cause: 'filters' | 'refresh'; at: Date; by: string },
): Promise<{ audience: AudienceRow; addedCount: number; removedCount: number }> {
  const present = await readVersion(tx, audience.id, audience.version);
  using before = bitmapFrom(present.members);
  using after = bitmapFrom(answer.members);
  const keptCount = before.andCardinality(after);
  const [addedCount, removedCount] = [after.size - keptCount, before.size - keptCount];
  if (addedCount + removedCount === 0) return { audience, addedCount, removedCount };
  const { customerCount, customerVersion, members } = answer;
  const changed = await appendAudienceVersion(tx, audience, {
    ...version,
    members,
    memberLines: null,
    importId: null,
    customerCount,
    customerVersion,
    addedCount,
    removedCount,
    restrictedTypes: await restrictedTypesOf(tx, filters),
  });
  return { audience: changed, addedCount, removedCount };
}

function templateOf({ templateId }: FilteredAudienceOrder): Record<string, unknown> {
  return templateId === undefined ? {} : { customerAudienceTemplate: templateId };
}

function detailOf(audience: AudienceRow, { filters, answer }: SelectedMembers): Record<string, unknown> {
  return {
    audienceVersion: audience.version,
    customerCount: answer.customerCount,
    customerVersion: answer.customerVersion,
    filterCount: filters.filters.length,
  };
}

import type { InstitutionKeys } from '../../crypto/keyring.ts';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import type { CursorPosition } from '../../lib/cursor.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import {
  auditReveal,
  type CustomerItem,
  listCustomerIds,
  listCustomerRows,
  openCustomerRows,
  type Reveal,
} from '../customers/index.ts';
import { noAudience } from './audience-service.ts';
import type { MemberSets } from './member-sets.ts';
import { findMemberHead } from './member-store.ts';

export interface MemberDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly memberSets: MemberSets;
}

export interface MemberPageRequest {
  readonly principal: Principal;
  readonly audienceId: string;
  /** Where the page begins, from the cursor; undefined = the first page of the present version. */
  readonly position: CursorPosition | undefined;
  readonly limit: number;
}

export interface MemberPage<Item> {
  readonly items: readonly Item[];
  /** Of the version that this walk sees. */
  readonly count: number;
  /** Of these how many have left the customer base since. */
  readonly withheldCount: number;
  /** Where the next page begins; undefined on the last one. */
  readonly nextPosition: CursorPosition | undefined;
}

/**
 * A page of the customers of one version, in ordinal order. One transaction, one envelope opened a row, outside it:
 * deep pages cost what the first one costs.
 *
 * @throws Problem `notFound`, also for an audience of another institution
 */
export async function readMemberCustomers(
  deps: MemberDeps,
  request: MemberPageRequest,
  options: { keys: InstitutionKeys; reveal: Reveal },
): Promise<MemberPage<CustomerItem>> {
  const { principal, audienceId } = request;
  const { revealed, reason } = options.reveal;
  const page = await readMembers(deps, request, async (tx, ordinals) => {
    const rows = await listCustomerRows(tx, ordinals, { withIdentifiers: revealed });
    if (revealed && rows.length > 0) {
      const customerIds = rows.map((row) => row.id);
      const operation = 'listCustomerAudienceCustomers';
      await auditReveal(tx, deps, { principal, operation, resource: audienceId, reason, customerIds });
    }
    return rows;
  });
  return { ...page, items: openCustomerRows(page.items, options.keys, { revealed }) };
}

/** The same page as ids only. */
export async function readMemberIds(deps: MemberDeps, request: MemberPageRequest): Promise<MemberPage<string>> {
  const page = await readMembers(deps, request, listCustomerIds);
  return { ...page, items: page.items.map((row) => row.id) };
}

async function readMembers<Row>(
  deps: MemberDeps,
  request: MemberPageRequest,
  listRows: (tx: InstitutionTx, ordinals: readonly number[]) => Promise<readonly Row[]>,
): Promise<MemberPage<Row>> {
  const { principal, audienceId, limit } = request;
  const start = startOf(request.position);
  return await deps.database.inInstitution(principal.institutionId, async (tx) => {
    const head = (await findMemberHead(tx, audienceId)) ?? noAudience();
    const version = start?.version ?? head.version;
    const members = await deps.memberSets.readPage(
      tx,
      { audienceId, version, customerVersion: head.customerVersion },
      { afterOrdinal: start?.afterOrdinal, limit },
    );
    if (members === undefined) throw invalidStart();
    const { ordinals, count, withheldCount } = members;
    const last = ordinals.at(-1);
    return {
      items: ordinals.length === 0 ? [] : await listRows(tx, ordinals),
      count,
      withheldCount,
      nextPosition: members.hasMore && last !== undefined ? [version, last] : undefined,
    };
  });
}

/** The cursor's binding holds the audience; its position the version and the last ordinal. */
function startOf(position: CursorPosition | undefined): { version: number; afterOrdinal: number } | undefined {
  if (position === undefined) return undefined;
  const [version, afterOrdinal] = position;
  if (typeof version !== 'number' || typeof afterOrdinal !== 'number') throw invalidStart();
  return { version, afterOrdinal };
}

function invalidStart(): Problem {
  return new Problem('badRequest', {
    detail: 'start is a cursor of a version that is no longer kept. Begin again without start.',
  });
}

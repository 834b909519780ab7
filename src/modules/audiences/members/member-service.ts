import type { Keyring } from '../../../crypto/keyring.ts';
import type { Database, InstitutionTx } from '../../../db/transaction.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { CursorPosition } from '../../../lib/cursor.ts';
import { Problem } from '../../../lib/problem.ts';
import type { Principal } from '../../access/index.ts';
import type { Audit } from '../../audit/index.ts';
import {
  auditReveal,
  type CustomerItem,
  openCustomerRows,
  type Reveal,
  type SealedCustomer,
  sealedCustomerColumns,
} from '../../customers/index.ts';
import { requireTold } from '../approval/approval.ts';
import { viewerOf } from '../audience-access.ts';
import { noAudience } from '../audience-service.ts';
import type { HeldBackQuery } from '../held-back/held-back-query.ts';
import { isKept, type Moment, noSuchVersion, versionOfMoment } from '../versions/version-moment.ts';
import type { GuessedOrdinals, MemberOrdinals, MemberSetRef, MemberSets } from './member-sets.ts';
import { findMemberHead, listMemberRows, type MemberHead } from './member-store.ts';

export interface MemberDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly memberSets: MemberSets;
}

export interface MemberPageRequest {
  readonly principal: Principal;
  readonly audienceId: string;
  /** Where the page begins, from the cursor; undefined = the first page. */
  readonly position: CursorPosition | undefined;
  /** Which version a walk begins on; a cursor names its own. */
  readonly moment: Moment;
  /** Which suppressions leave members out; undefined = none does. */
  readonly heldBack: HeldBackQuery | undefined;
  readonly limit: number;
}

export interface MemberPage<Item> {
  readonly items: readonly Item[];
  /** The version that this walk sees. */
  readonly version: number;
  /** Of that version. */
  readonly count: number;
  /** Of these how many have left the customer base since. */
  readonly withheldCount: number;
  /** Of the others whom suppressions leave out. */
  readonly heldBackCount: number;
  /** Where the next page begins; undefined on the last one. */
  readonly nextPosition: CursorPosition | undefined;
}

/**
 * A page of the customers of one version, in ordinal order. One transaction, one envelope opened a row, outside it:
 * deep pages cost what the first one costs.
 *
 * @throws Problem `notFound`, also for an audience of another institution, for one that is not shared, and for a version
 *   that is not there or no longer kept; `badRequest` for a cursor of one that is no longer kept; `approvalPending`
 */
export async function readMemberCustomers(
  deps: MemberDeps,
  request: MemberPageRequest,
  options: { keyring: Keyring; reveal: Reveal },
): Promise<MemberPage<CustomerItem>> {
  const { principal, audienceId } = request;
  const { revealed, reason } = options.reveal;
  const columns = sealedCustomerColumns({ withIdentifiers: revealed });
  const page = await deps.database.inInstitution(principal.institutionId, async (tx) => {
    const read = await readMembers<SealedCustomer>(deps, tx, request, columns);
    if (revealed && read.items.length > 0) {
      const customerIds = read.items.map((row) => row.id);
      const operation = 'listCustomerAudienceCustomers';
      const { version: audienceVersion } = read;
      const resource = audienceId;
      await auditReveal(tx, deps, { principal, operation, resource, audienceVersion, reason, customerIds });
    }
    return read;
  });
  const items = await options.keyring.opening(principal.institutionId, (keys) =>
    openCustomerRows(page.items, keys, { revealed }),
  );
  return { ...page, items };
}

/** The same page as ids only. */
export async function readMemberIds(deps: MemberDeps, request: MemberPageRequest): Promise<MemberPage<string>> {
  const page = await deps.database.inInstitution(request.principal.institutionId, (tx) =>
    readMembers<{ id: string }>(deps, tx, request, 'id'),
  );
  return { ...page, items: page.items.map((row) => row.id) };
}

/**
 * Whose bitmap is in memory is read in one statement: it gets the rows of the page that memory gives, and tells
 * whether that was right. Otherwise one statement tells what is right, and the rows come after it.
 */
async function readMembers<Row>(
  deps: MemberDeps,
  tx: InstitutionTx,
  request: MemberPageRequest,
  columns: string,
): Promise<MemberPage<Row>> {
  const { institutionId } = tx;
  const { audienceId, heldBack, limit } = request;
  const viewer = viewerOf(request.principal);
  const start = startOf(request.position);
  const asked = start?.version ?? request.moment.version;
  const range = { afterOrdinal: start?.afterOrdinal, limit };
  const isGuessable = start !== undefined || request.moment.asOf === undefined;
  const guess = isGuessable
    ? deps.memberSets.guessPage({ institutionId, audienceId, version: asked, heldBack }, range)
    : undefined;
  if (guess !== undefined && guess.ordinals.length > 0) {
    const { ordinals } = guess;
    const { rows, head } = await listMemberRows<Row>(tx, viewer, { audienceId, heldBack, ordinals, columns });
    if (head !== undefined && holds(guess, head, asked)) {
      requireTold(head, guess.version);
      return pageOf(guess, { version: guess.version, rows });
    }
  }
  const head = (await findMemberHead(tx, viewer, { audienceId, heldBack })) ?? noAudience();
  if (start !== undefined && !isKept(head, start.version)) throw invalidStart();
  const version = start?.version ?? (await versionOfMoment(tx, { audienceId, head, viewer }, request.moment));
  requireTold(head, version);
  const ref = refOf({ audienceId, heldBack, version }, head);
  const members = await deps.memberSets.readPage(tx, ref, range);
  // Deleted since the head was read.
  if (members === undefined) throw start === undefined ? noSuchVersion({ isPast: true }) : invalidStart();
  const { ordinals } = members;
  if (ordinals.length === 0) return pageOf(members, { version: ref.version, rows: [] });
  const { rows } = await listMemberRows<Row>(tx, viewer, { audienceId, heldBack, ordinals, columns });
  return pageOf(members, { version: ref.version, rows });
}

/** Whether a page from memory is what the database would give. @param asked the version; undefined = the present one */
function holds(guess: GuessedOrdinals, head: MemberHead, asked: number | undefined): boolean {
  const isOfVersion = asked === undefined ? head.version === guess.version : isKept(head, guess.version);
  return isOfVersion && head.customerVersion <= guess.customerVersion && head.heldBackState === guess.heldBackState;
}

function refOf(
  { heldBack, ...asked }: { audienceId: string; heldBack: HeldBackQuery | undefined; version: number },
  head: MemberHead,
): MemberSetRef {
  return {
    ...asked,
    isPresent: asked.version === head.version,
    customerVersion: head.customerVersion,
    heldBack: heldBack && { query: heldBack, state: head.heldBackState },
  };
}

function pageOf<Row>(members: MemberOrdinals, read: { version: number; rows: readonly Row[] }): MemberPage<Row> {
  const { ordinals, count, withheldCount, heldBackCount } = members;
  const last = ordinals.at(-1);
  const nextPosition = members.hasMore && last !== undefined ? [read.version, last] : undefined;
  return { items: read.rows, version: read.version, count, withheldCount, heldBackCount, nextPosition };
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

import type { InstitutionTx } from '../../../db/transaction.ts';
import type { AudienceViewer } from '../audience-access.ts';
import type { HeldBackQuery } from '../held-back/held-back-query.ts';
import { channelsText, heldBackState } from '../held-back/held-back-store.ts';

/** What a page of members must know: the present version, and the state of the customer base. */
export interface MemberHead {
  readonly version: number;
  readonly customerVersion: number;
  /** Versions below are no longer kept. */
  readonly keptFrom: number;
  /** Whether an approval is waited for, and the versions that were never approved. */
  readonly isPending: boolean;
  readonly withheldVersions: readonly number[];
  /** The state of the suppressions that were asked about (`heldBackState`); undefined without a question. */
  readonly heldBackState: string | undefined;
}

/** Which audience a page is of, and which suppressions leave members out of it. */
export interface MemberHeadQuery {
  readonly audienceId: string;
  readonly heldBack: HeldBackQuery | undefined;
}

// Plain text, not the builder: every page is one of these statements.
const headText = `audience.version || ' ' || institution.customer_version || ' ' || audience.kept_from_version
    || ' ' || audience.approval_pending::integer || ' ' || array_to_string(audience.withheld_versions, ',')`;
const audienceOfHead = `from audience join institution on institution.id = audience.institution_id
  where audience.institution_id = $1 and audience.id = $2`;

/** The rule of `isVisible` (audience-share-store.ts) for one audience. */
const isVisibleTo3 = `(audience.created_by = $3 or exists (select from audience_share share
    where share.institution_id = $1 and share.audience_id = $2 and share.principal_id = $3))`;

/** @returns undefined also for an audience that the viewer may not see */
export async function findMemberHead(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  query: MemberHeadQuery,
): Promise<MemberHead | undefined> {
  const { text, values } = headFor(tx, viewer, query);
  const { rows } = await tx.client.query<{ head: string }>(text, values);
  return parseHead(rows[0]?.head);
}

function headFor(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  { audienceId, heldBack }: MemberHeadQuery,
): { text: string; values: string[] } {
  const values = [tx.institutionId, audienceId, ...(viewer.seesAll ? [] : [viewer.principalId])];
  const audience = viewer.seesAll ? audienceOfHead : `${audienceOfHead} and ${isVisibleTo3}`;
  if (heldBack === undefined) return { text: `select ${headText} as head ${audience}`, values };
  const state = heldBackState({ institution: 1, channels: values.length + 1, today: values.length + 2 });
  return {
    text: `select ${headText} || ' ' || ${state} as head ${audience}`,
    values: [...values, channelsText(heldBack), heldBack.today],
  };
}

/**
 * The customers of these ordinals in ordinal order, and in the same statement what `findMemberHead` tells: whoever has
 * guessed the ordinals from what it knew learns whether that still holds, without another round trip.
 *
 * @param page.columns of the table `customer`
 * @returns no head when there is no such audience for the viewer, or no row to carry it: then the rows are not theirs
 */
export async function listMemberRows<Row>(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  page: MemberHeadQuery & { ordinals: readonly number[]; columns: string },
): Promise<{ rows: (Row & { head: string | null })[]; head: MemberHead | undefined }> {
  const head = headFor(tx, viewer, page);
  const { rows } = await tx.client.query<Row & { head: string | null }>(
    `select (${head.text}) as head, ${page.columns} from customer
      where institution_id = $1 and ordinal = any($${head.values.length + 1}::integer[]) order by ordinal`,
    // As text: pg would quote each number.
    [...head.values, `{${page.ordinals.join()}}`],
  );
  return { rows, head: parseHead(rows[0]?.head) };
}

function parseHead(text: string | null | undefined): MemberHead | undefined {
  if (text === null || text === undefined) return undefined;
  const [version, customerVersion, keptFrom, isPending, withheld = '', heldBackState] = text.split(' ');
  return {
    version: Number(version),
    customerVersion: Number(customerVersion),
    keptFrom: Number(keptFrom),
    isPending: isPending === '1',
    withheldVersions: withheld === '' ? [] : withheld.split(',').map(Number),
    heldBackState,
  };
}

/** The ids of these ordinals in ordinal order, of those who are in the base. */
export async function listCustomerIds(
  tx: InstitutionTx,
  ordinals: readonly number[],
): Promise<{ ordinal: number; id: string }[]> {
  if (ordinals.length === 0) return [];
  const { rows } = await tx.client.query<{ ordinal: number; id: string }>(
    'select ordinal, id from customer where institution_id = $1 and ordinal = any($2::integer[]) order by ordinal',
    // As text: pg would quote each number.
    [tx.institutionId, `{${ordinals.join()}}`],
  );
  return rows;
}

export async function findCustomerOrdinal(tx: InstitutionTx, customerId: string): Promise<number | undefined> {
  const { rows } = await tx.client.query<{ ordinal: number }>(
    'select ordinal from customer where institution_id = $1 and id = $2',
    [tx.institutionId, customerId],
  );
  return rows[0]?.ordinal;
}

import type { InstitutionTx } from '../../db/transaction.ts';

/** What a page of members must know: the present version, and the state of the customer base. */
export interface MemberHead {
  readonly version: number;
  readonly customerVersion: number;
}

// Plain text, not the builder: every page is one of these statements.
const headOfAudience = `select audience.version || ' ' || institution.customer_version as head
  from audience join institution on institution.id = audience.institution_id
  where audience.institution_id = $1 and audience.id = $2`;

export async function findMemberHead(tx: InstitutionTx, audienceId: string): Promise<MemberHead | undefined> {
  const { rows } = await tx.client.query<{ head: string }>(headOfAudience, [tx.institutionId, audienceId]);
  return parseHead(rows[0]?.head);
}

/**
 * The customers of these ordinals in ordinal order, and in the same statement what `findMemberHead` tells: whoever has
 * guessed the ordinals from what it knew learns whether that still holds, without another round trip.
 *
 * @param columns of the table `customer`
 * @returns no head when there is no such audience, or no row to carry it
 */
export async function listMemberRows<Row>(
  tx: InstitutionTx,
  audienceId: string,
  ordinals: readonly number[],
  columns: string,
): Promise<{ rows: (Row & { head: string | null })[]; head: MemberHead | undefined }> {
  const { rows } = await tx.client.query<Row & { head: string | null }>(
    `select (${headOfAudience}) as head, ${columns} from customer
      where institution_id = $1 and ordinal = any($3::integer[]) order by ordinal`,
    // As text: pg would quote each number.
    [tx.institutionId, audienceId, `{${ordinals.join()}}`],
  );
  return { rows, head: parseHead(rows[0]?.head) };
}

function parseHead(text: string | null | undefined): MemberHead | undefined {
  if (text === null || text === undefined) return undefined;
  const [version, customerVersion] = text.split(' ');
  return { version: Number(version), customerVersion: Number(customerVersion) };
}

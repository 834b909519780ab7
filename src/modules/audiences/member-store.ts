import type { InstitutionTx } from '../../db/transaction.ts';

/** What a page of members must know first: the present version, and the state of the customer base. */
export interface MemberHead {
  readonly version: number;
  readonly customerVersion: number;
}

export async function findMemberHead(tx: InstitutionTx, audienceId: string): Promise<MemberHead | undefined> {
  // Plain text, not the builder: every page reads this.
  const { rows } = await tx.client.query<MemberHead>(
    `select audience.version, institution.customer_version as "customerVersion"
      from audience join institution on institution.id = audience.institution_id
      where audience.institution_id = $1 and audience.id = $2`,
    [tx.institutionId, audienceId],
  );
  return rows[0];
}

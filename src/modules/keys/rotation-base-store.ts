import { sql } from 'kysely';
import type { InstitutionTx, OperatorTx } from '../../db/transaction.ts';

/** A run of ordinals: `from < ordinal <= to`. */
export interface OrdinalWindow {
  readonly from: number;
  readonly to: number;
}

export interface BaseFacts {
  readonly customerVersion: number;
  /** Every ordinal is below it. */
  readonly nextOrdinal: number;
}

/**
 * The state of the customer base; every load and erasure changes its version.
 *
 * @param options.hold until the transaction ends no load and no erasure is published
 */
export async function findBaseFacts(
  tx: InstitutionTx | OperatorTx,
  institutionId: string,
  options: { hold: boolean },
): Promise<BaseFacts> {
  return await tx.db
    .selectFrom('institution')
    .select(['customer_version as customerVersion', 'next_ordinal as nextOrdinal'])
    .where('id', '=', institutionId)
    .$if(options.hold, (query) => query.forShare())
    .executeTakeFirstOrThrow();
}

/** Accepted imports that wait for their match with tokens that only the old key gives. */
export async function countStagedImports(
  tx: InstitutionTx,
  of: { identifierType: string; toGeneration: number; acceptedAfter: Date },
): Promise<number> {
  const { count } = await tx.db
    .selectFrom('import')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('institution_id', '=', tx.institutionId)
    .where('identifier_type', '=', of.identifierType)
    .where('state', 'in', ['staged', 'matching'])
    .where('created_at', '>', of.acceptedAfter)
    .where(sql<boolean>`not (${of.toGeneration}::smallint = any(key_generations))`)
    .executeTakeFirstOrThrow();
  return count;
}

import type { Selectable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { InstitutionTx, OperatorTx } from '../../db/transaction.ts';

export type KeyRow = Pick<
  Selectable<Tables['wrapped_key']>,
  'identifier_type' | 'generation' | 'state' | 'created_at' | 'retired_at' | 'seal_count'
> & { readonly purpose: 'data' | 'index' };

const keysMax = 1_000;

/** The keys of the institution that can be rotated, without the keys themselves. */
export async function listKeys(tx: InstitutionTx): Promise<KeyRow[]> {
  return await tx.db
    .selectFrom('wrapped_key')
    .select(['purpose', 'identifier_type', 'generation', 'state', 'created_at', 'retired_at', 'seal_count'])
    .where('institution_id', '=', tx.institutionId)
    .where('purpose', 'in', ['data', 'index'])
    .$narrowType<{ purpose: 'data' | 'index' }>()
    .orderBy('purpose')
    .orderBy('identifier_type')
    .orderBy('generation')
    .limit(keysMax)
    .execute();
}

/** Institutions whose data key has sealed this much and is still in use. */
export async function listWornKeys(
  tx: OperatorTx,
  sealsMin: number,
): Promise<{ institutionId: string; sealCount: number }[]> {
  return await tx.db
    .selectFrom('wrapped_key as k')
    .select(['k.institution_id as institutionId', 'k.seal_count as sealCount'])
    .where('k.purpose', '=', 'data')
    .where('k.state', '=', 'active')
    .where('k.seal_count', '>=', sealsMin)
    .where((of) =>
      of.not(
        of.exists(
          of
            .selectFrom('wrapped_key as newer')
            .select('newer.generation')
            .whereRef('newer.institution_id', '=', 'k.institution_id')
            .where('newer.purpose', '=', 'data')
            .whereRef('newer.generation', '>', 'k.generation'),
        ),
      ),
    )
    .orderBy('k.institution_id')
    .limit(keysMax)
    .execute();
}

/** Destroys data keys that were retired before this time. */
export async function deleteRetiredDataKeys(tx: OperatorTx, retiredBefore: Date): Promise<number> {
  const deleted = await tx.db
    .deleteFrom('wrapped_key')
    .where('purpose', '=', 'data')
    .where('state', '=', 'retired')
    .where('retired_at', '<', retiredBefore)
    .executeTakeFirst();
  return Number(deleted.numDeletedRows);
}

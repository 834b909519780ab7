import { sql } from 'kysely';
import { rangePredicate } from '../../db/range-predicate.ts';
import type { InstitutionTx } from '../../db/transaction.ts';
import type { Range } from '../../lib/range.ts';
import type { AudienceViewer } from '../audiences/index.ts';
import { type ImportRow, isImportVisible } from './import-store.ts';

export interface ImportFilter {
  readonly states?: readonly ImportRow['state'][] | undefined;
  readonly createdAt?: Range<Date> | undefined;
  readonly audienceIds?: readonly string[] | undefined;
}

/** The imports that the viewer may see, newest first, and how many there are under the filter. */
export async function listImports(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  filter: ImportFilter,
  page: { after: { createdAt: Date; id: string } | undefined; limit: number },
): Promise<{ rows: ImportRow[]; count: number }> {
  const { states, createdAt, audienceIds } = filter;
  const filtered = tx.db
    .selectFrom('import')
    .where('institution_id', '=', tx.institutionId)
    .where(isImportVisible(tx, viewer))
    .$if(states !== undefined, (query) => query.where('state', 'in', [...(states ?? [])]))
    .$if(audienceIds !== undefined, (query) => query.where('audience_id', 'in', [...(audienceIds ?? [])]))
    .$if(createdAt !== undefined, (query) => query.where(rangePredicate(sql.ref('created_at'), createdAt)));
  const { after } = page;
  const rows = await filtered
    .selectAll()
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) < (${after?.createdAt ?? null}::timestamptz, ${after?.id ?? null})`),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute();
  const { count } = await filtered.select(sql<number>`count(*)::integer`.as('count')).executeTakeFirstOrThrow();
  return { rows, count };
}

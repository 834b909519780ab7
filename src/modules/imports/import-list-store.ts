import { sql } from 'kysely';
import { type NewestFirstPage, newestFirst } from '../../db/newest-first.ts';
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
  page: NewestFirstPage,
): Promise<{ rows: ImportRow[]; count: number }> {
  const { states, createdAt, audienceIds } = filter;
  const filtered = tx.db
    .selectFrom('import')
    .where('institution_id', '=', tx.institutionId)
    .where(isImportVisible(tx, viewer))
    .$if(states !== undefined, (query) => query.where('state', 'in', [...(states ?? [])]))
    .$if(audienceIds !== undefined, (query) => query.where('audience_id', 'in', [...(audienceIds ?? [])]))
    .$if(createdAt !== undefined, (query) => query.where(rangePredicate(sql.ref('created_at'), createdAt)));
  return await newestFirst(tx, filtered.selectAll(), page);
}

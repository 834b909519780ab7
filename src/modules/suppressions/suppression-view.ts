import { entityTag } from '../../http/entity-tag.ts';
import type { Suppression } from './suppression-schemas.ts';
import type { SuppressionRow } from './suppression-store.ts';

/** A suppression with what does not stand in its row, as of one moment. */
export interface SeenSuppression {
  readonly row: SuppressionRow;
  readonly customerCount: number;
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

/** The suppression as the API shows it. */
export function suppressionBody({ row, customerCount, today }: SeenSuppression): Suppression {
  return {
    id: row.id,
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    channel: row.channel,
    ...(row.expires_on === null ? {} : { expiresOn: row.expires_on }),
    state: stateOf(row, today),
    source: row.audience_id === null ? 'list' : 'audience',
    ...(row.import_id === null ? {} : { importId: row.import_id }),
    ...(row.seen_audience_id === null ? {} : { customerAudience: row.seen_audience_id }),
    customerCount,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The strong entity tag: besides the row, what changes without it. */
export function suppressionTag({ row, customerCount, today }: SeenSuppression): string {
  return entityTag([row.id, row.revision, row.seen_audience_id ?? '', customerCount, stateOf(row, today)]);
}

function stateOf({ expires_on: expiresOn }: SuppressionRow, today: string): Suppression['state'] {
  return expiresOn !== null && expiresOn < today ? 'expired' : 'active';
}

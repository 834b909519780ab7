import { entityTag } from '../../http/entity-tag.ts';
import { identifierTypeNames } from '../identifiers/index.ts';
import type { CustomerAudience } from './audience-schemas.ts';
import type { AudienceRow } from './audience-store.ts';

/** The audience as the contract shows it. */
export function audienceBody(row: AudienceRow): CustomerAudience {
  const identifierType = identifierTypeNames.find((name) => name === row.identifier_type);
  return {
    id: row.id,
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    kind: row.kind,
    state: stateOf(row),
    purpose: row.purpose,
    ...(identifierType === undefined ? {} : { identifierType }),
    ...(row.file_name === null ? {} : { fileName: row.file_name }),
    ...(row.copy_of_audience_id === null ? {} : { copyOf: row.copy_of_audience_id }),
    customerCount: row.customer_count,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    createdBy: row.created_by,
    customerVersion: row.customer_version,
  };
}

/** As the contract knows it: an approval is waited for by audiences that are active otherwise. */
function stateOf({ state, approval_pending: isPending }: AudienceRow): CustomerAudience['state'] {
  return state === 'active' && isPending ? 'pendingApproval' : state;
}

/** The strong entity tag: every change of the row bumps its revision; of what a copy is one, not everybody sees. */
export function audienceTag(row: Pick<AudienceRow, 'id' | 'revision' | 'copy_of_audience_id'>): string {
  const { id, revision, copy_of_audience_id: copyOf } = row;
  return entityTag(copyOf === null ? [id, revision] : [id, revision, copyOf]);
}

import { entityTag } from '../../http/entity-tag.ts';
import type { CustomerAttribute } from './attribute-schemas.ts';
import type { AttributeRow } from './attribute-store.ts';

/** The attribute as the API shows it. */
export function attributeBody(row: AttributeRow): CustomerAttribute {
  return {
    id: row.id,
    name: row.name,
    ...(row.label === null ? {} : { label: row.label }),
    ...(row.description === null ? {} : { description: row.description }),
    ...(row.fair_lending === null ? {} : { fairLending: row.fair_lending }),
    dataType: row.data_type,
    constraints: row.constraints,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The strong entity tag: every change of the row bumps its revision. */
export function attributeTag(row: Pick<AttributeRow, 'id' | 'revision'>): string {
  return entityTag([row.id, row.revision]);
}

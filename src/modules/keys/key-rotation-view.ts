import { type IndexedType, indexedTypes } from '../customers/index.ts';
import { identifierTypeCode } from '../identifiers/index.ts';
import type { KeyRow } from './key-list-store.ts';
import type { KeyList, KeyRotation } from './key-rotation-schemas.ts';
import type { RotationRow } from './key-rotation-store.ts';

/**
 * A quarter of what a key may seal with random nonces (2^32, NIST SP 800-38D section 8.3): early enough that nobody has
 * to hurry.
 */
export const sealsUntilDue = 2 ** 30;

export function rotationBody(row: RotationRow): KeyRotation {
  const identifierType = indexedTypeOf(row.identifier_type);
  return {
    id: row.id,
    kind: row.kind,
    ...(identifierType === undefined ? {} : { identifierType }),
    state: row.state,
    ...(row.to_generation === null ? {} : { generation: row.to_generation }),
    doneCount: row.done_count,
    ...(row.total_count === null ? {} : { totalCount: row.total_count }),
    ...(row.failure === null ? {} : { failure: row.failure }),
    ...(row.left_count === null ? {} : { leftCount: row.left_count }),
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
  };
}

export function keyItem(row: KeyRow): KeyList['items'][number] {
  const identifierType = indexedTypeOf(row.identifier_type);
  return {
    kind: row.purpose,
    ...(identifierType === undefined ? {} : { identifierType }),
    generation: row.generation,
    state: row.state,
    createdAt: row.created_at.toISOString(),
    ...(row.retired_at === null ? {} : { retiredAt: row.retired_at.toISOString() }),
    ...(row.purpose === 'index'
      ? {}
      : { sealCount: row.seal_count, rotationDue: row.state === 'active' && row.seal_count >= sealsUntilDue }),
  };
}

export function indexedTypeOf(code: number): IndexedType | undefined {
  return indexedTypes.find((name) => identifierTypeCode(name) === code);
}

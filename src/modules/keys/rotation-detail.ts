import { identifierTypeNames } from '../identifiers/index.ts';
import type { RotationRow } from './key-rotation-store.ts';

/** Counts and generations for the audit trail. */
export function rotationDetail(row: RotationRow): Record<string, unknown> {
  return {
    kind: row.kind,
    ...(row.identifier_type === 0 ? {} : { identifierType: identifierTypeNames[row.identifier_type - 1] }),
    state: row.state,
    ...(row.to_generation === null ? {} : { generation: row.to_generation }),
    doneCount: row.done_count,
    ...(row.failure === null ? {} : { failure: row.failure, leftCount: row.left_count }),
  };
}

export { listWornKeys } from './key-list-store.ts';
export { createKeyUpkeep, type KeyUpkeep } from './key-rotation-jobs.ts';
export type { RotationControl } from './key-rotation-run.ts';
export type { KeyRotation } from './key-rotation-schemas.ts';
export { rotateByOperator } from './key-rotation-service.ts';
export { sealsUntilDue } from './key-rotation-view.ts';
export { auditMasterRotation } from './master-rotation-audit.ts';
export type { RotationDeps } from './rotation-work.ts';

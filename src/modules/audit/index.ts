export {
  type AuditCheckpoints,
  type Checkpoints,
  createAuditCheckpoints,
  readCheckpoints,
} from './audit-checkpoints.ts';
export { type Actor, type AuditEntry, actorOf, operatorActor } from './audit-entry.ts';
export { type Audit, AuditTrailBroken, beginAuditTrail, createAudit } from './audit-service.ts';
export { type ChainFinding, type ChainReport, findingKinds, verifyAudit, verifyTrail } from './audit-verify.ts';

export { type Actor, type AuditEntry, actorOf, operatorActor } from './audit-entry.ts';
export { type Audit, createAudit } from './audit-service.ts';

export { type Actor, type AuditEntry, actorOf } from './audit-entry.ts';
export { type Audit, createAudit } from './audit-service.ts';

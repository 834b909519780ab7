export { type AuditEntry, insertAuditEntry } from './audit-store.ts';

import type { Session } from '../api/client.ts';

export type Role = Session['roles'][number];

export const roles = [
  'viewer',
  'analyst',
  'exporter',
  'administrator',
  'approver',
  'auditor',
] as const satisfies readonly Role[];

/** What a role opens (docs/security.md, "Roles and rights"): the server decides, this only hides what it would refuse. */
export const rolesOf = {
  readAudiences: roles,
  readMembers: ['viewer', 'analyst', 'exporter'],
  editAudiences: ['analyst', 'administrator'],
  approveAudiences: ['approver'],
  importLists: ['analyst'],
  manageSuppressions: ['administrator'],
  revealIdentity: ['exporter'],
  readCustomers: ['analyst', 'exporter'],
  loadCustomers: ['administrator'],
  manageAttributes: ['administrator'],
  readSettings: roles,
  manageSettings: ['administrator'],
  readAccess: ['administrator', 'auditor'],
  manageAccess: ['administrator'],
  readAudit: ['auditor'],
  verifyAudit: ['auditor'],
} as const satisfies Record<string, readonly Role[]>;

export type Right = keyof typeof rolesOf;

/** Whether one of somebody's roles opens it. */
export function hasRight(roles: readonly Role[], right: Right): boolean {
  return rolesOf[right].some((role) => roles.includes(role));
}

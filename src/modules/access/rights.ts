import { type Role, roles } from './roles.ts';
import type { Scope } from './scopes.ts';

interface RightRule {
  /** The scope that the application must have. */
  readonly scope: Scope;
  /** The person must have one of these roles. */
  readonly roles: readonly Role[];
}

/**
 * Every right, by name: a route names the one that it needs. Which audiences somebody sees is another question
 * (own, shared, or all: `seesAllAudiences`).
 */
export const rights = {
  readAudiences: { scope: 'bankingAdmin/read', roles: [...roles] },
  readMembers: { scope: 'bankingAdmin/read', roles: ['viewer', 'analyst', 'exporter'] },
  editAudiences: { scope: 'bankingAdmin/write', roles: ['analyst', 'administrator'] },
  /** The second pair of eyes on audiences for credit. */
  approveAudiences: { scope: 'bankingAdmin/write', roles: ['approver'] },
  importLists: { scope: 'bankingAdmin/write', roles: ['analyst'] },
  /** To change or end what holds customers back from exports; who may import lists may add to it. */
  manageSuppressions: { scope: 'bankingAdmin/write', roles: ['administrator'] },
  /** Unmasked values, tax ids and account numbers; besides the right to see the customers at all. */
  revealIdentity: { scope: 'identity/read', roles: ['exporter'] },
  readCustomers: { scope: 'customers/read', roles: ['analyst', 'exporter'] },
  loadCustomers: { scope: 'customers/write', roles: ['administrator'] },
  /** What an institution defines to know of its customers. */
  manageAttributes: { scope: 'bankingAdmin/write', roles: ['administrator'] },
  readSettings: { scope: 'bankingAdmin/read', roles: [...roles] },
  manageSettings: { scope: 'bankingAdmin/write', roles: ['administrator'] },
  /** Applications, people and keys of the institution. */
  readAccess: { scope: 'bankingAdmin/read', roles: ['administrator', 'auditor'] },
  manageAccess: { scope: 'bankingAdmin/write', roles: ['administrator'] },
  readAudit: { scope: 'bankingAdmin/read', roles: ['auditor'] },
  /** To have the trail walked, which is work. */
  verifyAudit: { scope: 'bankingAdmin/write', roles: ['auditor'] },
} as const satisfies Record<string, RightRule>;

export type Right = keyof typeof rights;

/** What bounds a caller: scopes the application, roles the person. */
export interface Allowance {
  readonly scopes: ReadonlySet<Scope>;
  readonly roles: ReadonlySet<Role>;
}

/** The rule of a right, with its literal types widened. */
export function ruleOf(right: Right): RightRule {
  return rights[right];
}

/** Whether both walls let the caller through. */
export function hasRight(allowance: Allowance, right: Right): boolean {
  return allowance.scopes.has(ruleOf(right).scope) && hasRoleFor(allowance, right);
}

export function hasRoleFor(allowance: Pick<Allowance, 'roles'>, right: Right): boolean {
  return ruleOf(right).roles.some((role) => allowance.roles.has(role));
}

/** Administrators, approvers and auditors see every audience of the institution; others their own and what is shared. */
export function seesAllAudiences(allowance: Pick<Allowance, 'roles'>): boolean {
  return (['administrator', 'approver', 'auditor'] as const).some((role) => allowance.roles.has(role));
}

/**
 * What a person may do at most; several add up. `rights.ts` says what each allows.
 * `viewer` sees what is shared, `analyst` makes audiences, `exporter` may see and take out unmasked values,
 * `administrator` manages access and the customer base, `approver` approves audiences for credit, `auditor` reads the
 * audit trail.
 */
export const roles = ['viewer', 'analyst', 'exporter', 'administrator', 'approver', 'auditor'] as const;

export type Role = (typeof roles)[number];

const known: ReadonlySet<string> = new Set(roles);

export function isRole(text: string): text is Role {
  return known.has(text);
}

import type { Role } from '../access/index.ts';

/** An institution that a person may act for, and as what. */
export interface PersonGrant {
  readonly institutionId: string;
  readonly institutionName: string;
  readonly roles: readonly Role[];
}

/** Somebody who signs in, as the rest of the program may know them: no hash and no secret. */
export interface Person {
  readonly id: string;
  /** The home, which manages the account and whose audit trail has its sign-ins. */
  readonly institutionId: string;
  readonly loginName: string;
  readonly name: string;
  readonly state: 'active' | 'disabled';
  readonly hasPassword: boolean;
  readonly hasSecondFactor: boolean;
  /** By role, or by a setting of an institution that the person may act for. */
  readonly needsSecondFactor: boolean;
  /** Sessions and tokens from before are refused. */
  readonly tokensValidAfter: Date;
  readonly lastSignInAt: Date | undefined;
  /** In the order of the institutions' ids. */
  readonly grants: readonly PersonGrant[];
}

/** What is still to be done after a password (or a link) was right. */
export type NextStep = 'done' | 'secondFactor' | 'enrolment';

/** Whoever may see unmasked values, change who may what, or read the trail: never by a password alone. */
const rolesWithSecondFactor: readonly Role[] = ['administrator', 'approver', 'auditor', 'exporter'];

/** Whether none of these roles is one that a password alone must not open. */
export function isOpenToPassword(roles: readonly Role[]): boolean {
  return !roles.some((role) => rolesWithSecondFactor.includes(role));
}

/** @param secondFactorRequired the institution's setting; absent = true */
export function needsSecondFactor(roles: readonly Role[], secondFactorRequired: boolean | undefined): boolean {
  return secondFactorRequired !== false || !isOpenToPassword(roles);
}

/** A second factor that is set up is always asked for, needed or not. */
export function nextStepOf(person: Pick<Person, 'hasSecondFactor' | 'needsSecondFactor'>): NextStep {
  if (person.hasSecondFactor) return 'secondFactor';
  return person.needsSecondFactor ? 'enrolment' : 'done';
}

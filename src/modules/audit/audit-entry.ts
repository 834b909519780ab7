import type { Principal } from '../access/index.ts';

export const principalKinds = ['person', 'application', 'operator'] as const;
/** `operator`: a command line beside the database, without any token. */
export type PrincipalKind = (typeof principalKinds)[number];

export const auditOutcomes = ['done', 'preview', 'refused', 'denied'] as const;
/** `refused`: well asked and not possible. `denied`: without the right. */
export type AuditOutcome = (typeof auditOutcomes)[number];

/** Who acted, through what, from where. */
export interface Actor {
  readonly kind: PrincipalKind;
  readonly principalId: string;
  readonly applicationId?: string | undefined;
  /** The client's network address. */
  readonly address?: string | undefined;
}

export interface AuditEntry {
  readonly at: Date;
  readonly actor: Actor;
  /** The operation id of the route, or the name of a job or command. */
  readonly operation: string;
  /** Id of what was acted on. */
  readonly resource?: string | undefined;
  readonly outcome: AuditOutcome;
  /** Counts and ids; never an identifier value. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

export function actorOf(principal: Principal): Actor {
  const { kind, id, applicationId, address } = principal;
  return { kind, principalId: id, applicationId, address };
}

/** The operator's commands beside the server: `rollcall institution`, `application`, `user`, `keys`. */
export const operatorActor: Actor = { kind: 'operator', principalId: 'operator' };

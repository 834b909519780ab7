import type { Principal } from '../access/index.ts';

/** Who acted, through what, from where. */
export interface Actor {
  readonly principalId: string;
  /** Absent for work that goes on after its request, e.g. a job. */
  readonly applicationId?: string | undefined;
  /** The client's network address. */
  readonly address?: string | undefined;
}

export interface AuditEntry {
  readonly at: Date;
  readonly actor: Actor;
  readonly operation: string;
  readonly resource?: string | undefined;
  readonly outcome: 'done' | 'preview' | 'refused' | 'denied';
  /** Counts and ids; never an identifier value. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

export function actorOf(principal: Principal): Actor {
  return { principalId: principal.id, applicationId: principal.applicationId, address: principal.address };
}

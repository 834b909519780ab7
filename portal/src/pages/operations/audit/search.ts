import type { Schemas } from '../../../api/client.ts';

export type AuditEntry = Schemas['auditEntry'];

export const outcomes = ['done', 'preview', 'refused', 'denied'] as const satisfies readonly AuditEntry['outcome'][];

/** Which entries are shown, as the address has it. */
export interface AuditSearch {
  readonly operation?: string;
  readonly outcome?: AuditEntry['outcome'];
}

/** The form in which the API takes an operation. */
export const operationPattern = /^[A-Za-z][-A-Za-z]{1,63}$/;

export function readAuditSearch(search: Record<string, unknown>): AuditSearch {
  const outcome = outcomes.find((known) => known === search.outcome);
  const operation =
    typeof search.operation === 'string' && operationPattern.test(search.operation) ? search.operation : '';
  return { ...(operation === '' ? {} : { operation }), ...(outcome === undefined ? {} : { outcome }) };
}

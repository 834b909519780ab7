import type { Database } from '../../db/transaction.ts';
import { Problem } from '../../lib/problem.ts';
import { isScope, type Principal } from '../access/index.ts';
import { listAdministered } from './administrator-store.ts';
import { listGrants } from './grant-store.ts';

/** What an application may do, where, after a change. */
export interface Reach {
  readonly scopes: readonly string[];
  readonly institutionIds: readonly string[];
}

/** @returns why the caller may not hand this out; undefined when they may */
export type CheckHandOut = (reach: Reach) => Problem | undefined;

/** Looks up what the caller may hand out, before the transaction of the change: it belongs to no institution. */
export type PrepareHandOut = (
  principal: Principal,
  about: { readonly applicationId?: string | undefined; readonly institutionIds?: readonly string[] | undefined },
) => Promise<CheckHandOut>;

/**
 * Nobody gives an application, or takes by its credentials, more than they have: whoever makes a secret or a key,
 * enables an application or widens what it may do must be an administrator in **every** institution for which it may
 * act, and the access token must have **every** scope that it has. Else the administrator of one institution could make
 * a secret of an application that acts for two and work in the other with it; or an application with the scope
 * `bankingAdmin/write` alone could make another one that reads identities.
 *
 * Roles are not compared: an administrator of an institution gives its people any role, so a role of an application
 * there is nothing that they could not give otherwise. It is audited all the same.
 *
 * Taking rights away needs none of this.
 */
export function createHandOut(deps: { database: Database }): PrepareHandOut {
  return async (principal, about) => {
    const administered = await deps.database.inAuthentication(async (tx) => {
      const granted = about.applicationId === undefined ? [] : await listGrants(tx, about.applicationId);
      const others = new Set([...granted, ...(about.institutionIds ?? [])]);
      others.delete(principal.institutionId);
      return new Set(await listAdministered(tx, principal, [...others]));
    });
    // In the institution of this request the route has looked at the role.
    if (principal.roles.has('administrator')) administered.add(principal.institutionId);
    return (reach) => missingScope(principal, reach) ?? missingInstitution(administered, reach);
  };
}

/** For the operator, who has the database itself. */
export const handOutAnything: PrepareHandOut = async () => () => undefined;

function missingScope(principal: Principal, { scopes }: Reach): Problem | undefined {
  const missing = scopes.filter((scope) => isScope(scope) && !principal.scopes.has(scope));
  if (missing.length === 0) return undefined;
  return new Problem('forbidden', {
    detail: 'This would hand out scopes that your own access token lacks; attributes.scopes lists them.',
    attributes: { scopes: missing },
  });
}

function missingInstitution(administered: ReadonlySet<string>, { institutionIds }: Reach): Problem | undefined {
  const missing = institutionIds.filter((id) => !administered.has(id));
  if (missing.length === 0) return undefined;
  return new Problem('forbidden', {
    // The same for one that does not exist: who the other clients of a server are is not told.
    detail:
      'The application may act for institutions in which you are no administrator; attributes.institutions lists them.',
    attributes: { institutions: missing },
  });
}

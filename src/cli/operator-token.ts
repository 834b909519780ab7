import type { Keyring } from '../crypto/keyring.ts';
import type { Database, InstitutionTx } from '../db/transaction.ts';
import type { Clock } from '../lib/clock.ts';
import type { Role, Scope } from '../modules/access/index.ts';
import { addApplication } from '../modules/applications/index.ts';
import { createAudit, operatorActor } from '../modules/audit/index.ts';
import { apiAudience, createTokenSigner, operatorIssuer } from '../modules/issuer/index.ts';
import { CliError } from './cli-error.ts';
import { lockTokenApplication, updateTokenApplication } from './operator-token-store.ts';

/** What a token's application may do unless said otherwise: all but read the audit trail. */
export const operatorRoles = ['viewer', 'analyst', 'exporter', 'administrator'] as const satisfies readonly Role[];

export interface OperatorTokenOrder {
  readonly institutionId: string;
  /** Of the application that the token is of; it is made when there is none. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Absent = what the application has, and `operatorRoles` for a new one. */
  readonly roles?: readonly Role[] | undefined;
  readonly expiresInSeconds: number;
}

/**
 * An access token from the operator's own hand, without the token endpoint: of an application that has no secret, so
 * that nobody else gets one. It leaves an entry in the audit trail.
 *
 * @throws CliError when the application of that name is disabled, or is one that a machine authenticates as
 */
export async function createOperatorToken(
  deps: { database: Database; keyring: Keyring; clock: Clock },
  order: OperatorTokenOrder,
): Promise<string> {
  const { database, keyring, clock } = deps;
  const audit = createAudit({ keyring });
  const at = clock.now();
  const { scopes, name, expiresInSeconds } = order;
  const applicationId = await database.inInstitution(order.institutionId, async (tx) => {
    const id = await tokenApplication(tx, order, at);
    const detail = { name, scopes, expiresInSeconds };
    const entry = { at, actor: operatorActor, operation: 'createAccessToken', resource: id, detail };
    await audit.append(tx, { ...entry, outcome: 'done' });
    return id;
  });
  const signer = createTokenSigner({ keyring, clock });
  return await signer.sign(
    {
      iss: operatorIssuer,
      aud: apiAudience,
      sub: applicationId,
      client_id: applicationId,
      scope: scopes.join(' '),
    },
    { expiresInSeconds },
  );
}

/** Finds or makes the application; one that is found gets the scopes that it lacks. */
async function tokenApplication(tx: InstitutionTx, order: OperatorTokenOrder, at: Date): Promise<string> {
  const { institutionId, name, scopes } = order;
  const found = await lockTokenApplication(tx, name);
  if (found === undefined) {
    const made = await addApplication(tx, {
      institutionId,
      name,
      description: 'Made by `rollcall token create`: it has no secret.',
      authenticationType: 'clientCredentials',
      scopes,
      roles: order.roles ?? operatorRoles,
      at,
      by: 'operator',
    });
    return made.id;
  }
  if (found.usedByMachine) throw new CliError(`a machine uses the application ${name}: give another --name`);
  if (found.state !== 'active') throw new CliError(`the application ${name} is disabled: give another --name`);
  const roles = order.roles ?? found.roles;
  const grown = new Set([...found.scopes, ...scopes]);
  if (grown.size > found.scopes.length || roles !== found.roles) {
    await updateTokenApplication(tx, { id: found.id, scopes: [...grown], roles, at });
  }
  return found.id;
}

import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import { createSecretText } from '../../lib/secret-text.ts';
import type { Audit } from '../audit/index.ts';
import { operatorContext, runCommand } from '../commands/index.ts';
import { type ApplicationDeps, announceChange } from './application-change.ts';
import type { Application, ApplicationSecret } from './application-schemas.ts';
import { moveApplication, patchApplication } from './application-service.ts';
import { findApplicationAnywhere, listEveryApplication } from './application-store.ts';
import { applicationBody, secretBody } from './application-view.ts';
import { isValidAt } from './client.ts';
import { postApiKey, postSecret, removeSecret } from './credential-service.ts';
import { removeGrant } from './grant-service.ts';
import { listGrants, listGrantsOf } from './grant-store.ts';
import { handOutAnything } from './hand-out.ts';
import { type CreatedApplication, createApplication, type NewApplication } from './new-application.ts';
import { listSecrets } from './secret-store.ts';

/** What the operator does beside the server, in any institution; each act is in its audit trail. */
export interface OperatorApplications {
  create(application: Omit<NewApplication, 'at' | 'by'>, options: { apiKey: boolean }): Promise<CreatedApplication>;
  list(filter: { institutionId?: string | undefined; limit: number }): Promise<readonly Application[]>;
  /** @throws Problem `notFound`, as all that follow */
  find(id: string): Promise<{ application: Application; secrets: readonly ApplicationSecret[] }>;
  move(id: string, state: 'active' | 'disabled'): Promise<void>;
  /**
   * Makes a secret.
   *
   * @param keepUntil when those before end; undefined = now, as after a leak
   * @throws Problem `conflict` when two are valid that are to be kept
   */
  rotateSecret(id: string, keepUntil: Date | undefined): Promise<string>;
  /** Makes the API key, or another in its place. */
  rotateApiKey(id: string): Promise<string>;
  /** Lets the application act for an institution besides, which must exist. */
  grant(id: string, institutionId: string): Promise<void>;
  /** Ends it. */
  withdraw(id: string, institutionId: string): Promise<void>;
}

/** A server that runs learns of a change within the time for which it keeps what it knows of an application (5 s). */
export function createOperatorApplications(deps: {
  database: Database;
  clock: Clock;
  audit: Audit;
}): OperatorApplications {
  const { database, clock } = deps;
  const changing: ApplicationDeps = { ...deps, access: { forget() {} }, prepareHandOut: handOutAnything };
  const homeOf = async (id: string) => (await findRow(database, id)).institution_id;
  const target = (id: string) => ({ id, headers: {} });
  const withSecrets = async (id: string) => {
    const row = await findRow(database, id);
    return await database.asOperator(async (tx) => {
      const secrets = await listSecrets(tx, row);
      const valid = secrets.filter(({ expires_at: expiresAt }) => isValidAt(expiresAt, clock.now()));
      return { row, institutionIds: await listGrants(tx, id), secrets: valid.map(secretBody) };
    });
  };
  return {
    async create(application, options) {
      const context = operatorContext(application.institutionId, 'createApplication');
      let created: CreatedApplication | undefined;
      await runCommand(deps, context, async (tx) => {
        created = await createApplication(tx, { ...application, at: clock.now(), by: 'operator' }, options);
        const { scopes: given, roles = [], institutionIds = [] } = application;
        const detail = { institutions: institutionIds, scopes: given, roles, apiKey: options.apiKey };
        return { reply: { status: 201 }, audit: { resource: created.id, detail } };
      });
      if (created === undefined) throw new Error('an application was made and is not known');
      const reached = { institutionIds: application.institutionIds ?? [], fields: ['institutions', 'scopes', 'roles'] };
      await announceChange(changing, context, created.id, reached);
      return created;
    },
    async list(filter) {
      return await database.asOperator(async (tx) => {
        const rows = await listEveryApplication(tx, filter);
        const grants = await listGrantsOf(
          tx,
          rows.map(({ id }) => id),
        );
        return rows.map((row) => applicationBody({ row, institutionIds: grants.get(row.id) ?? [] }));
      });
    },
    async find(id) {
      const { secrets, ...seen } = await withSecrets(id);
      return { application: applicationBody(seen), secrets };
    },
    async move(id, state) {
      const operation = state === 'active' ? 'enableApplication' : 'disableApplication';
      await moveApplication(changing, operatorContext(await homeOf(id), operation), target(id), state);
    },
    async rotateSecret(id, keepUntil) {
      const { row, secrets } = await withSecrets(id);
      const secret = createSecretText('rcs_');
      if (keepUntil === undefined) {
        const context = operatorContext(row.institution_id, 'deleteApplicationSecret');
        for (const old of secrets) await removeSecret(changing, context, target(id), old.id);
      }
      await postSecret(changing, operatorContext(row.institution_id, 'createApplicationSecret'), target(id), {
        previousExpiresAt: keepUntil,
        secret,
      });
      return secret;
    },
    async rotateApiKey(id) {
      const apiKey = createSecretText('rck_');
      await postApiKey(changing, operatorContext(await homeOf(id), 'createApiKey'), target(id), { apiKey });
      return apiKey;
    },
    async grant(id, institutionId) {
      const { row, institutionIds } = await withSecrets(id);
      const patch = { institutions: [...new Set([...institutionIds, institutionId])] };
      const context = operatorContext(row.institution_id, 'patchApplication');
      await patchApplication(changing, context, { id, headers: { 'if-match': '*' } }, patch);
    },
    async withdraw(id, institutionId) {
      const context = operatorContext(await homeOf(id), 'deleteApplicationInstitution');
      await removeGrant(changing, context, target(id), institutionId);
    },
  };
}

async function findRow(database: Database, id: string) {
  const row = await database.asOperator((tx) => findApplicationAnywhere(tx, id));
  if (row === undefined) throw new Problem('notFound', { detail: 'There is no application with this id.' });
  return row;
}

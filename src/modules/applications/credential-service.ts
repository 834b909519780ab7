import { randomId } from '../../lib/id.ts';
import { Problem } from '../../lib/problem.ts';
import { createSecretText, hashSecretText } from '../../lib/secret-text.ts';
import type { Principal } from '../access/index.ts';
import type { CommandContext, CommandReply } from '../commands/index.ts';
import { type ApplicationDeps, type ApplicationTarget, changeApplication, notManaged } from './application-change.ts';
import { findApplication } from './application-store.ts';
import { secretBody } from './application-view.ts';
import { isValidAt } from './client.ts';
import { usesSecrets } from './new-application.ts';
import {
  deleteExpiredSecrets,
  deleteSecret,
  insertSecret,
  limitSecrets,
  listSecrets,
  type SecretRow,
} from './secret-store.ts';

/** One in use and its successor. A third would be a secret that nobody remembers. */
const validSecretsMax = 2;
/** How long the one before may live on when it is given an end. */
const overlapDaysMax = 366;
const dayMs = 24 * 60 * 60 * 1_000;

/** The secrets of an application of this home, the newest first; never themselves. Expired ones are left out. */
export async function getSecrets(
  deps: Pick<ApplicationDeps, 'database' | 'clock'>,
  principal: Principal,
  applicationId: string,
): Promise<readonly SecretRow[]> {
  const at = deps.clock.now();
  return await deps.database.inInstitution(principal.institutionId, async (tx) => {
    const application = await findApplication(tx, applicationId);
    if (application?.institution_id !== tx.institutionId) return await notManaged(tx, applicationId);
    const secrets = await listSecrets(tx, application);
    return secrets.filter(({ expires_at: expiresAt }) => isValidAt(expiresAt, at));
  });
}

/**
 * Makes a secret. The answer has it this once; a dry run has none.
 *
 * @param options.previousExpiresAt when the secret before ends; absent = when it is deleted
 * @param options.secret a new one, by `createSecretText`; absent = it is made here
 * @throws Problem `conflict` when two are valid already; `unprocessableEntity` for an application that authenticates
 *   otherwise, or a time that is past or further away than 366 days; and as `changeApplication`
 */
export async function postSecret(
  deps: ApplicationDeps,
  context: CommandContext,
  target: ApplicationTarget,
  options: { previousExpiresAt?: Date | undefined; secret?: string } = {},
): Promise<CommandReply> {
  const { previousExpiresAt, secret = createSecretText('rcs_') } = options;
  if (previousExpiresAt !== undefined) checkOverlap(previousExpiresAt, deps.clock.now());
  const made = { id: randomId(), secret_hash: hashSecretText(secret) };
  return await changeApplication(
    deps,
    context,
    target,
    async (tx, { row }) => {
      if (!usesSecrets(row)) throw noSecrets();
      const at = deps.clock.now();
      const secrets = await listSecrets(tx, row);
      const valid = secrets.filter(({ expires_at: expiresAt }) => isValidAt(expiresAt, at));
      if (valid.length >= validSecretsMax) throw twoSecrets();
      const added: SecretRow = {
        institution_id: row.institution_id,
        application_id: row.id,
        ...made,
        created_at: at,
        expires_at: null,
      };
      return {
        change: {},
        fields: ['secrets'],
        widens: true,
        narrows: false,
        detail: { secretId: made.id },
        apply: async () => {
          await deleteExpiredSecrets(tx, row.id, at);
          if (previousExpiresAt !== undefined) await limitSecrets(tx, row.id, previousExpiresAt);
          await insertSecret(tx, added);
        },
        reply: () => ({
          status: 201,
          headers: { Location: `/service/applications/${row.id}/secrets/${made.id}` },
          body: { ...secretBody(added), ...(context.dryRun ? {} : { secret }) },
          secret: true,
        }),
      };
    },
    { unconditionally: true },
  );
}

/** Deletes a secret: nobody gets a token with it any more, and the application's earlier tokens are refused. */
export async function removeSecret(
  deps: ApplicationDeps,
  context: CommandContext,
  target: ApplicationTarget,
  secretId: string,
): Promise<CommandReply> {
  return await changeApplication(
    deps,
    context,
    target,
    async (tx, { row }) => {
      const secrets = await listSecrets(tx, row);
      if (!secrets.some(({ id }) => id === secretId)) throw noSecret();
      return {
        change: {},
        fields: ['secrets'],
        widens: false,
        narrows: true,
        detail: { secretId },
        apply: async () => {
          await deleteSecret(tx, { applicationId: row.id, id: secretId });
        },
        reply: () => ({ status: 204 }),
      };
    },
    { unconditionally: true },
  );
}

/**
 * Makes the API key, or another one in its place: the one before ends at once. The answer has it this once.
 *
 * @param options.apiKey a new one, by `createSecretText`; absent = it is made here
 */
export async function postApiKey(
  deps: ApplicationDeps,
  context: CommandContext,
  target: ApplicationTarget,
  options: { apiKey?: string } = {},
): Promise<CommandReply> {
  const { apiKey = createSecretText('rck_') } = options;
  return await changeApplication(
    deps,
    context,
    target,
    async (_tx, { row }) => ({
      change: { api_key_hash: hashSecretText(apiKey), api_key_state: 'active' },
      fields: ['apiKey'],
      widens: true,
      narrows: false,
      reply: () => ({
        status: 201,
        headers: { Location: `/service/applications/${row.id}` },
        body: { application: row.id, apiKeyState: 'active', ...(context.dryRun ? {} : { apiKey }) },
        secret: true,
      }),
    }),
    { unconditionally: true },
  );
}

function checkOverlap(previousExpiresAt: Date, now: Date): void {
  const days = (previousExpiresAt.getTime() - now.getTime()) / dayMs;
  if (days > 0 && days <= overlapDaysMax) return;
  throw new Problem('unprocessableEntity', {
    detail: `previousExpiresAt must be in the future, at most ${overlapDaysMax} days away.`,
  });
}

function noSecrets(): Problem {
  return new Problem('unprocessableEntity', {
    detail: 'This application authenticates without a secret; clientAuthentication says how.',
  });
}

function twoSecrets(): Problem {
  return new Problem('conflict', { detail: 'Two secrets are valid already. Delete one first, or let one expire.' });
}

function noSecret(): Problem {
  return new Problem('notFound', { detail: 'The application has no secret with this id.' });
}

import type { JsonWebKey } from 'node:crypto';
import type { InstitutionTx, OperatorTx } from '../../db/transaction.ts';
import { randomId } from '../../lib/id.ts';
import { nameKey } from '../../lib/name-key.ts';
import { createSecretText, hashSecretText } from '../../lib/secret-text.ts';
import type { Role, Scope } from '../access/index.ts';
import { checkApplication } from './application-rules.ts';
import { type ApplicationRow, insertApplication } from './application-store.ts';
import { insertGrants } from './grant-store.ts';
import { checkKeySet } from './public-keys.ts';
import { insertSecret } from './secret-store.ts';

export interface NewApplication {
  /** The home, which manages it and for which it may act. */
  readonly institutionId: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly authenticationType: ApplicationRow['authentication_type'];
  /** Default `client_secret_basic`. */
  readonly clientAuthentication?: ApplicationRow['client_authentication'] | undefined;
  /** Public keys of `private_key_jwt`. */
  readonly jwks?: { readonly keys: readonly JsonWebKey[] } | undefined;
  /** Default `production`. */
  readonly environment?: ApplicationRow['environment'] | undefined;
  /** For which it may act besides its home. */
  readonly institutionIds?: readonly string[] | undefined;
  readonly scopes: readonly Scope[];
  /** Of `clientCredentials` only. */
  readonly roles?: readonly Role[] | undefined;
  readonly redirectUris?: readonly string[] | undefined;
  readonly postLogoutRedirectUris?: readonly string[] | undefined;
  readonly owners?: readonly string[] | undefined;
  readonly at: Date;
  /** Id of the principal, or `operator`. */
  readonly by: string;
}

export interface CreatedApplication {
  /** The OAuth client id. */
  readonly id: string;
  /** Shown this once; undefined where the application authenticates by keys, or not at all. */
  readonly secret: string | undefined;
  /** Shown this once; undefined unless asked for. */
  readonly apiKey: string | undefined;
}

/**
 * Makes an application with a secret, as the operator does. It is not audited here: the caller knows who acts.
 *
 * @param options.apiKey true to give it an API key, which its calls must then carry
 * @throws Problem `unprocessableEntity` when its parts do not fit together; `badRequest` for keys that are none
 */
export async function createApplication(
  tx: OperatorTx | InstitutionTx,
  application: NewApplication,
  options: { apiKey?: boolean } = {},
): Promise<CreatedApplication> {
  if (application.jwks !== undefined) checkKeySet(application.jwks);
  const apiKey = options.apiKey === true ? createSecretText('rck_') : undefined;
  const row = await addApplication(tx, application, { apiKey });
  const secret = usesSecrets(row) ? createSecretText('rcs_') : undefined;
  if (secret !== undefined) await addSecret(tx, row, { secret, at: application.at });
  return { id: row.id, secret, apiKey };
}

/** Makes the row and its grants, without a secret. */
export async function addApplication(
  tx: OperatorTx | InstitutionTx,
  application: NewApplication,
  options: { apiKey?: string | undefined } = {},
): Promise<ApplicationRow> {
  const row = rowOf(application, options.apiKey);
  checkApplication(row);
  await insertApplication(tx, row);
  const { institutionId, institutionIds = [], at, by } = application;
  await insertGrants(tx, row, { institutionIds: [...new Set([institutionId, ...institutionIds])], at, by });
  return row;
}

export async function addSecret(
  tx: OperatorTx | InstitutionTx,
  application: Pick<ApplicationRow, 'institution_id' | 'id'>,
  made: { secret: string; at: Date },
): Promise<{ id: string }> {
  const id = randomId();
  await insertSecret(tx, {
    institution_id: application.institution_id,
    application_id: application.id,
    id,
    secret_hash: hashSecretText(made.secret),
    created_at: made.at,
    expires_at: null,
  });
  return { id };
}

export function usesSecrets(application: Pick<ApplicationRow, 'client_authentication'>): boolean {
  const { client_authentication: authentication } = application;
  return authentication === 'client_secret_basic' || authentication === 'client_secret_post';
}

function rowOf(application: NewApplication, apiKey: string | undefined): ApplicationRow {
  const { at } = application;
  return {
    institution_id: application.institutionId,
    id: randomId(),
    name: application.name,
    name_key: nameKey(application.name),
    description: application.description ?? null,
    authentication_type: application.authenticationType,
    environment: application.environment ?? 'production',
    state: 'active',
    client_authentication: application.clientAuthentication ?? 'client_secret_basic',
    jwks: application.jwks ?? null,
    scopes: [...new Set(application.scopes)],
    roles: [...new Set(application.roles ?? [])],
    redirect_uris: [...new Set(application.redirectUris ?? [])],
    post_logout_redirect_uris: [...new Set(application.postLogoutRedirectUris ?? [])],
    owners: [...(application.owners ?? [])],
    api_key_hash: apiKey === undefined ? null : hashSecretText(apiKey),
    api_key_state: apiKey === undefined ? 'none' : 'active',
    // A token carries whole seconds: one of this very second must hold.
    tokens_valid_after: new Date(Math.floor(at.getTime() / 1_000) * 1_000),
    revision: 1,
    created_at: at,
    created_by: application.by,
    updated_at: at,
  };
}

import type { AuthenticationTx, OperatorTx } from '../../db/transaction.ts';
import { isSecretOf } from '../../lib/secret-text.ts';
import type { Role, Scope } from '../access/index.ts';
import { isRole, isScope } from '../access/index.ts';
import { findApplicationAnywhere } from './application-store.ts';
import { listGrants } from './grant-store.ts';
import { type JsonWebKeySet, readKeySet } from './public-keys.ts';
import { listSecrets } from './secret-store.ts';

/** What the token endpoint needs of an application, as it is now. */
export interface Client {
  readonly id: string;
  /** The home, which manages it. */
  readonly institutionId: string;
  readonly name: string;
  readonly authenticationType: 'clientCredentials' | 'authorizationCode';
  /** OpenID Connect Core section 9; `none` = a public client, which PKCE protects. */
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  /** Of `private_key_jwt`. */
  readonly jwks: JsonWebKeySet | undefined;
  readonly state: 'active' | 'disabled';
  readonly scopes: readonly Scope[];
  /** Of `clientCredentials`; of the others the person has them. */
  readonly roles: readonly Role[];
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  /** For which it may act. */
  readonly institutionIds: readonly string[];
  /** Tokens issued before are refused. */
  readonly tokensValidAfter: Date;
  /** SHA-256 of each secret; see `verifySecret`. */
  readonly secrets: readonly { readonly id: string; readonly hash: Buffer; readonly expiresAt: Date | null }[];
}

/** @returns undefined when there is no such application. A disabled one is found: its state says so. */
export async function findClient(tx: AuthenticationTx | OperatorTx, clientId: string): Promise<Client | undefined> {
  const row = await findApplicationAnywhere(tx, clientId);
  if (row === undefined) return undefined;
  const institutionIds = await listGrants(tx, row.id);
  const secrets = await listSecrets(tx, row);
  return {
    id: row.id,
    institutionId: row.institution_id,
    name: row.name,
    authenticationType: row.authentication_type,
    clientAuthentication: row.client_authentication,
    jwks: readKeySet(row.jwks),
    state: row.state,
    scopes: row.scopes.filter(isScope),
    roles: row.roles.filter(isRole),
    redirectUris: row.redirect_uris,
    postLogoutRedirectUris: row.post_logout_redirect_uris,
    institutionIds,
    tokensValidAfter: row.tokens_valid_after,
    secrets: secrets.map(({ id, secret_hash: hash, expires_at: expiresAt }) => ({ id, hash, expiresAt })),
  };
}

/**
 * Whether the secret is one of the client's that have not expired. All are compared, each in constant time, so the time
 * it takes does not tell which one it was.
 */
export function verifySecret(client: Pick<Client, 'secrets'>, presented: string, at: Date): boolean {
  let valid = false;
  for (const { hash, expiresAt } of client.secrets) {
    const same = isSecretOf(hash, presented);
    if (same && isValidAt(expiresAt, at)) valid = true;
  }
  return valid;
}

export function isValidAt(expiresAt: Date | null, at: Date): boolean {
  return expiresAt === null || expiresAt > at;
}

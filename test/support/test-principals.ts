import { randomUUID } from 'node:crypto';
import type { OpenDatabase } from '../../src/db/database.ts';
import { randomId } from '../../src/lib/id.ts';
import { nameKey } from '../../src/lib/name-key.ts';
import { type Role, roles, type Scope } from '../../src/modules/access/index.ts';
import { addApplication } from '../../src/modules/applications/index.ts';
import {
  apiAudience,
  issuerPath,
  operatorIssuer,
  portalClientId,
  type TokenSigner,
} from '../../src/modules/issuer/index.ts';

export interface TestTokenOrder {
  /** The only one, and the home. Default: the test bank. */
  readonly institutionId?: string;
  /** Several, the first is the home. */
  readonly institutionIds?: readonly string[];
  readonly scopes: readonly Scope[];
  /** Default: all. */
  readonly roles?: readonly Role[];
  /** Default `application`. A person has signed in at the portal. */
  readonly kind?: 'application' | 'person';
  /** Of a person: seconds since 1970, `null` = the token does not say. Default: now. */
  readonly signedInAt?: number | null;
  /** Of a person; default: password and code. */
  readonly amr?: readonly string[];
}

export interface TestPrincipal {
  readonly token: string;
  /** `principal.id`: the owner of what the token makes. */
  readonly principalId: string;
  /** The client id in the token. */
  readonly applicationId: string;
}

/** Tests move their clock on by a day, and go on with the token that they have. */
const tokenSeconds = 7 * 24 * 60 * 60;

export interface TestPrincipalDeps {
  readonly database: OpenDatabase;
  readonly clock: { now(): Date };
  readonly signer: TokenSigner;
  baseUrl(): string;
}

/** Inserts an application or a person with grants and signs an access token of theirs. */
export async function createTestPrincipal(
  deps: TestPrincipalDeps,
  { institutionIds, ...order }: TestTokenOrder & { institutionIds: readonly [string, ...string[]] },
): Promise<TestPrincipal> {
  const granted = { institutionIds, roles: order.roles ?? roles };
  const isPerson = order.kind === 'person';
  const principalId = isPerson
    ? await insertPerson(deps, granted)
    : await insertTestApplication(deps, { ...granted, scopes: order.scopes });
  const applicationId = isPerson ? portalClientId : principalId;
  const token = await deps.signer.sign(
    {
      iss: isPerson ? `${deps.baseUrl()}${issuerPath}` : operatorIssuer,
      aud: apiAudience,
      sub: principalId,
      client_id: applicationId,
      scope: order.scopes.join(' '),
      ...(isPerson ? signInClaims(deps, order) : {}),
    },
    { expiresInSeconds: tokenSeconds },
  );
  return { token, principalId, applicationId };
}

function signInClaims(
  { clock }: Pick<TestPrincipalDeps, 'clock'>,
  { signedInAt = Math.floor(clock.now().getTime() / 1_000), amr = ['pwd', 'otp', 'mfa'] }: TestTokenOrder,
) {
  return { ...(signedInAt === null ? {} : { auth_time: signedInAt }), amr };
}

interface Granted {
  readonly institutionIds: readonly [string, ...string[]];
  readonly roles: readonly Role[];
}

async function insertTestApplication(
  { database, clock }: TestPrincipalDeps,
  { institutionIds, roles: granted, scopes }: Granted & { scopes: readonly Scope[] },
): Promise<string> {
  const { id } = await database.asOperator((tx) =>
    addApplication(tx, {
      institutionId: institutionIds[0],
      institutionIds,
      name: 'test',
      authenticationType: 'clientCredentials',
      scopes,
      roles: granted,
      at: clock.now(),
      by: 'test',
    }),
  );
  return id;
}

async function insertPerson({ database, clock }: TestPrincipalDeps, { institutionIds, roles }: Granted) {
  const id = randomId();
  const at = clock.now();
  const [home] = institutionIds;
  const made = { created_at: at, created_by: 'test' };
  await database.asOperator(async (tx) => {
    await tx.db
      .insertInto('user_account')
      .values({
        ...made,
        institution_id: home,
        id,
        login_name: `${randomUUID()}@example.com`,
        name: 'Test Person',
        name_key: nameKey('Test Person'),
        state: 'active',
        password_hash: null,
        password_changed_at: null,
        totp_secret: null,
        totp_last_step: null,
        // A token carries whole seconds: one of this very second must hold.
        tokens_valid_after: new Date(Math.floor(at.getTime() / 1_000) * 1_000),
        revision: 1,
        updated_at: at,
        last_sign_in_at: null,
      })
      .execute();
    const grants = institutionIds.map((institutionId) => ({
      ...made,
      institution_id: institutionId,
      user_account_id: id,
      home_institution_id: home,
      roles: [...roles],
    }));
    await tx.db.insertInto('user_grant').values(grants).execute();
  });
  return id;
}

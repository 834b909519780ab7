import { type Static, Type } from 'typebox';
import {
  closed,
  markdownSchema,
  resourceIdSchema,
  timestampSchema,
  visibleTextPattern,
} from '../../http/schema-parts.ts';
import { roles, scopes } from '../access/index.ts';
import { grantsMax } from './grant-store.ts';
import { redirectUriCharactersMax, redirectUrisMax } from './redirect-uri.ts';

export const authenticationTypes = ['clientCredentials', 'authorizationCode'] as const;
export const clientAuthentications = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
export const environments = ['development', 'staging', 'production'] as const;
export const applicationStates = ['active', 'disabled'] as const;
export const apiKeyStates = ['none', 'active', 'disabled'] as const;

export const applicationNameCharactersMax = 80;
const descriptionCharactersMax = 4_000;
/** Enough to have the next key in place before the present one is given up. */
const keysMax = 10;
const ownersMax = 20;
const ownerCharactersMax = 120;

export const institutionIdSchema = Type.String({
  pattern: '^[A-Z0-9_]{2,8}$',
  maxLength: 8,
  description: 'The id of an institution.',
  examples: ['DEMOBANK'],
});

const nameSchema = Type.String({
  minLength: 1,
  maxLength: applicationNameCharactersMax,
  pattern: visibleTextPattern,
  description: 'What people call it.',
  examples: ['Campaign manager'],
});
const descriptionSchema = markdownSchema({
  maxLength: descriptionCharactersMax,
  description: 'Markdown (CommonMark); raw HTML is not rendered.',
});
const authenticationTypeSchema = Type.Enum([...authenticationTypes], {
  description:
    '`clientCredentials`: the application acts for itself. `authorizationCode`: a person signs in through it. Cannot be changed.',
});
const clientAuthenticationSchema = Type.Enum([...clientAuthentications], {
  description:
    'How it authenticates at the token endpoint (OpenID Connect Core section 9). `none` is a public client, with `authorizationCode` only.',
});
const environmentSchema = Type.Enum([...environments], { description: 'Where it runs; for people only.' });
const scopesSchema = Type.Array(Type.Enum([...scopes]), {
  maxItems: scopes.length,
  uniqueItems: true,
  description: 'What it may do at most.',
});
const rolesSchema = Type.Array(Type.Enum([...roles]), {
  maxItems: roles.length,
  uniqueItems: true,
  description:
    'Of `clientCredentials`: what it may do in each of its institutions. Where a person signs in, the person has roles.',
});
const institutionsSchema = Type.Array(institutionIdSchema, {
  minItems: 1,
  maxItems: grantsMax,
  uniqueItems: true,
  description: 'For which it may act; its home is one of them. Another institution sees only itself here.',
});
const redirectUrisSchema = uris(
  'Where a person is sent back after signing in: https, or http to 127.0.0.1 or [::1]. Compared character by character.',
);
const postLogoutRedirectUrisSchema = uris('Where a person is sent after signing out.');
const ownersSchema = Type.Array(
  Type.String({ minLength: 1, maxLength: ownerCharactersMax, pattern: visibleTextPattern }),
  { maxItems: ownersMax, description: 'Who answers for it: names or addresses.' },
);

function uris(description: string) {
  const uri = Type.String({ minLength: 1, maxLength: redirectUriCharactersMax, pattern: '^[\\x21-\\x7e]+$' });
  return Type.Array(uri, { maxItems: redirectUrisMax, uniqueItems: true, description });
}

/** RFC 7517, public members only: a private part is an unknown name, and refused without being repeated. */
const publicKeySchema = closed({
  kty: Type.Enum(['RSA', 'EC', 'OKP']),
  kid: Type.Optional(Type.String({ minLength: 1, maxLength: 128, pattern: '^[\\x21-\\x7e]+$' })),
  use: Type.Optional(Type.Enum(['sig'])),
  alg: Type.Optional(
    Type.Enum(['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']),
  ),
  crv: Type.Optional(Type.Enum(['P-256', 'P-384', 'P-521', 'Ed25519'])),
  x: Type.Optional(base64url(88)),
  y: Type.Optional(base64url(88)),
  n: Type.Optional(base64url(1_400)),
  e: Type.Optional(base64url(12)),
});

function base64url(maxLength: number) {
  return Type.String({ minLength: 1, maxLength, pattern: '^[-_A-Za-z0-9]+$' });
}

export type PublicKey = Static<typeof publicKeySchema>;

const keySetSchema = closed(
  { keys: Type.Array(publicKeySchema, { minItems: 1, maxItems: keysMax }) },
  { $id: 'publicKeySet' },
);

export const applicationSchema = closed(
  {
    id: resourceIdSchema,
    name: nameSchema,
    description: Type.Optional(descriptionSchema),
    homeInstitution: institutionIdSchema,
    institutions: institutionsSchema,
    authenticationType: authenticationTypeSchema,
    clientAuthentication: clientAuthenticationSchema,
    jwks: Type.Optional(keySetSchema),
    environment: environmentSchema,
    state: Type.Enum([...applicationStates], { description: 'Changed by POST to the collection of that state.' }),
    apiKeyState: Type.Enum([...apiKeyStates], {
      description: 'Unless it is `none`, each call must carry the key in `API-Key`.',
    }),
    scopes: scopesSchema,
    roles: rolesSchema,
    redirectUris: redirectUrisSchema,
    postLogoutRedirectUris: postLogoutRedirectUrisSchema,
    owners: ownersSchema,
    createdAt: timestampSchema,
    createdBy: Type.String({ maxLength: 48, description: 'Who made it: the id of the principal.' }),
    updatedAt: timestampSchema,
  },
  { $id: 'application' },
);

export type Application = Static<typeof applicationSchema>;

export const newApplicationSchema = closed(
  {
    name: nameSchema,
    description: Type.Optional(descriptionSchema),
    authenticationType: authenticationTypeSchema,
    clientAuthentication: Type.Optional(clientAuthenticationSchema),
    jwks: Type.Optional(keySetSchema),
    environment: Type.Optional(environmentSchema),
    institutions: Type.Optional(institutionsSchema),
    scopes: scopesSchema,
    roles: Type.Optional(rolesSchema),
    redirectUris: Type.Optional(redirectUrisSchema),
    postLogoutRedirectUris: Type.Optional(postLogoutRedirectUrisSchema),
    owners: Type.Optional(ownersSchema),
  },
  { $id: 'newApplication' },
);

export type NewApplicationBody = Static<typeof newApplicationSchema>;

/** RFC 7396: absent = keep, null = clear. `name: null` is well formed and cannot be done: 422. */
export const applicationPatchSchema = closed(
  {
    name: Type.Optional(Type.Union([nameSchema, Type.Null()])),
    description: Type.Optional(Type.Union([descriptionSchema, Type.Null()])),
    clientAuthentication: Type.Optional(clientAuthenticationSchema),
    jwks: Type.Optional(Type.Union([keySetSchema, Type.Null()])),
    environment: Type.Optional(environmentSchema),
    institutions: Type.Optional(institutionsSchema),
    scopes: Type.Optional(scopesSchema),
    roles: Type.Optional(rolesSchema),
    redirectUris: Type.Optional(redirectUrisSchema),
    postLogoutRedirectUris: Type.Optional(postLogoutRedirectUrisSchema),
    owners: Type.Optional(ownersSchema),
  },
  { $id: 'applicationPatch' },
);

export type ApplicationPatch = Static<typeof applicationPatchSchema>;

const shownOnce = { 'x-secret': true } as const;
const secretCharacters = 47;

const secretProperties = {
  id: resourceIdSchema,
  createdAt: timestampSchema,
  expiresAt: Type.Optional(timestampSchema),
};

/** A secret as it can be shown again: without itself. */
export const applicationSecretSchema = closed(secretProperties, { $id: 'applicationSecret' });

export type ApplicationSecret = Static<typeof applicationSecretSchema>;

export const newSecretSchema = closed(
  {
    ...secretProperties,
    secret: Type.Optional(
      Type.String({
        ...shownOnce,
        maxLength: secretCharacters,
        description: 'The client secret. It is shown this once and not kept. Absent in a dry run.',
      }),
    ),
  },
  { $id: 'newApplicationSecret' },
);

export const newApiKeySchema = closed(
  {
    application: resourceIdSchema,
    apiKeyState: Type.Enum([...apiKeyStates]),
    apiKey: Type.Optional(
      Type.String({
        ...shownOnce,
        maxLength: secretCharacters,
        description: 'What calls send in `API-Key`. It is shown this once and not kept. Absent in a dry run.',
      }),
    ),
  },
  { $id: 'newApiKey' },
);

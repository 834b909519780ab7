import { type Static, Type } from 'typebox';
import { closed, resourceIdSchema, timestampSchema } from '../../http/schema-parts.ts';
import { roles, scopes } from '../access/index.ts';
import { loginNameCharactersMax, personNameCharactersMax } from './login-name.ts';

export const userAccountStates = ['active', 'disabled'] as const;

/** Nobody acts for more institutions (`person-store.ts`). */
const institutionsMax = 200;
const personal = { 'x-personal': true } as const;

const loginNameSchema = Type.String({
  ...personal,
  minLength: 1,
  maxLength: loginNameCharactersMax,
  description: 'What is typed at sign-in, usually an e-mail address. Case does not count; unique on the server.',
  examples: ['ann@bank.example'],
});
const nameSchema = Type.String({
  ...personal,
  minLength: 1,
  maxLength: personNameCharactersMax,
  description: 'What people call them.',
  examples: ['Ann Baker'],
});
const rolesSchema = Type.Array(Type.Enum([...roles]), {
  maxItems: roles.length,
  uniqueItems: true,
  description: 'What they may do at this institution; several add up, none is nothing.',
});
const institutionIdSchema = Type.String({
  pattern: '^[A-Z0-9_]{2,8}$',
  maxLength: 8,
  description: 'The id of an institution.',
  examples: ['DEMOBANK'],
});

export const userAccountSchema = closed(
  {
    id: resourceIdSchema,
    loginName: loginNameSchema,
    name: nameSchema,
    homeInstitution: Type.String({ ...institutionIdSchema, description: 'The institution that manages the account.' }),
    roles: rolesSchema,
    state: Type.Enum([...userAccountStates], { description: 'Changed by POST to the collection of that state.' }),
    hasPassword: Type.Boolean({ description: 'False until a sign-in link was used.' }),
    hasSecondFactor: Type.Boolean({ description: 'Whether an authenticator is set up.' }),
    createdAt: timestampSchema,
    createdBy: Type.String({ maxLength: 48, description: 'Who made it: the id of the principal, or `operator`.' }),
    updatedAt: timestampSchema,
    lastSignInAt: Type.Optional(timestampSchema),
  },
  { $id: 'userAccount' },
);

export type UserAccount = Static<typeof userAccountSchema>;

export const newUserAccountSchema = closed(
  { loginName: loginNameSchema, name: nameSchema, roles: rolesSchema },
  { $id: 'newUserAccount' },
);

export type NewUserAccount = Static<typeof newUserAccountSchema>;

/** RFC 7396: absent = keep. Nothing here can be cleared: null is well formed and cannot be done, 422. */
export const userAccountPatchSchema = closed(
  {
    loginName: Type.Optional(Type.Union([loginNameSchema, Type.Null()])),
    name: Type.Optional(Type.Union([nameSchema, Type.Null()])),
    roles: Type.Optional(Type.Union([rolesSchema, Type.Null()])),
  },
  { $id: 'userAccountPatch' },
);

export type UserAccountPatch = Static<typeof userAccountPatchSchema>;

export const signInLinkSchema = closed(
  {
    link_url: Type.Optional(
      Type.String({
        format: 'uri-reference',
        maxLength: 2048,
        description: 'For the person to open; works once. It is shown this once, and not in a dry run.',
      }),
    ),
    expiresAt: timestampSchema,
  },
  { $id: 'signInLink' },
);

export const meSchema = closed(
  {
    id: Type.String({
      maxLength: 255,
      description: 'Of the person, or of the application where nobody stands behind it.',
    }),
    kind: Type.Enum(['person', 'application']),
    name: Type.String({ ...personal, maxLength: 255 }),
    applicationId: Type.String({ maxLength: 255, description: 'The application that calls.' }),
    institution: closed({ id: institutionIdSchema, name: Type.String({ maxLength: 255 }) }),
    institutions: Type.Array(closed({ id: institutionIdSchema, name: Type.String({ maxLength: 255 }) }), {
      maxItems: institutionsMax,
      description: 'Those that `Institution-Id` may name.',
    }),
    roles: Type.Array(Type.Enum([...roles]), { maxItems: roles.length, description: 'At this institution.' }),
    scopes: Type.Array(Type.Enum([...scopes]), { maxItems: scopes.length }),
  },
  { $id: 'me' },
);

export type Me = Static<typeof meSchema>;

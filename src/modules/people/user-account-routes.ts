import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import type { Keyring } from '../../crypto/keyring.ts';
import { contextOf, dryRun204, sendOutcome, targetOf } from '../../http/command-request.ts';
import { isNotModified } from '../../http/entity-tag.ts';
import { rangeFilterSchema, setFilterSchema, sortSchema } from '../../http/filter-schemas.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageQuery, pageSchema } from '../../http/paging.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, dryRunQuery, resourceIdSchema } from '../../http/schema-parts.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { nameKey } from '../../lib/name-key.ts';
import { parseRange } from '../../lib/range.ts';
import { parseSet } from '../../lib/set-filter.ts';
import { parseSort } from '../../lib/sort.ts';
import { roles } from '../access/index.ts';
import { loginNameCharactersMax, loginNameForm, personNameCharactersMax } from './login-name.ts';
import type { UserAccountDeps } from './user-account-change.ts';
import { tags, userAccountParamsSchema } from './user-account-requests.ts';
import {
  newUserAccountSchema,
  userAccountPatchSchema,
  userAccountSchema,
  userAccountStates,
} from './user-account-schemas.ts';
import {
  getUserAccount,
  getUserAccounts,
  moveUserAccount,
  patchUserAccount,
  postUserAccount,
  removeUserAccount,
} from './user-account-service.ts';
import { addMeRoute, addSignInRoutes } from './user-account-sign-in-routes.ts';
import { positionOf, sortValuesOf, userAccountSortDefault, userAccountSortFields } from './user-account-sort.ts';
import type { UserAccountFilter } from './user-account-store.ts';
import { userAccountBody, userAccountTag } from './user-account-view.ts';

const listQuerySchema = closed({
  ...pageQuery(),
  name: Type.Optional(
    Type.String({ maxLength: personNameCharactersMax, description: 'Part of the name, whatever its case.' }),
  ),
  loginName: Type.Optional(
    Type.String({ maxLength: loginNameCharactersMax, description: 'Part of the login name, whatever its case.' }),
  ),
  state: Type.Optional(setFilterSchema(userAccountStates, 'State.')),
  role: Type.Optional(setFilterSchema(roles, 'A role at this institution.')),
  createdAt: Type.Optional(rangeFilterSchema('timestamp', 'When it was made.')),
  sortBy: Type.Optional(sortSchema(userAccountSortFields, userAccountSortDefault)),
});

export interface UserAccountRouteDeps extends UserAccountDeps {
  readonly keyring: Keyring;
}

type App = Parameters<FastifyPluginAsyncTypebox>[0];

/** The people of an institution, and who may act for it from another. */
export const userAccountRoutes =
  (deps: UserAccountRouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    addCollectionRoutes(app, deps);
    addItemRoutes(app, deps);
    addStateRoute(app, deps, 'disabled');
    addStateRoute(app, deps, 'active');
    addSignInRoutes(app, deps);
    addMeRoute(app, deps);
  };

function addCollectionRoutes(app: App, deps: UserAccountRouteDeps): void {
  app.route({
    method: 'GET',
    url: '/service/userAccounts',
    config: { right: 'readAccess' },
    schema: {
      operationId: 'listUserAccounts',
      summary: 'List the people',
      description: 'Those whom the institution manages, and those of others who may act for it.',
      tags,
      querystring: listQuerySchema,
      response: { 200: pageSchema(userAccountSchema, 'userAccounts') },
    },
    handler: async (request) => {
      const { institutionId } = request.principal;
      const key = (await deps.keyring.forInstitution(institutionId)).macKey('cursor');
      const sort = parseSort(request.query.sortBy ?? userAccountSortDefault, userAccountSortFields);
      const position = pagePosition(request, key, institutionId);
      const { rows, count, last } = await getUserAccounts(deps, request.principal, filterOf(request.query), {
        sort,
        after: position === undefined ? undefined : sortValuesOf(position, sort),
        limit: pageLimit(request.query),
      });
      const nextStart =
        last === undefined
          ? undefined
          : encodeCursor(key, cursorBinding(institutionId, request.url), positionOf(last, sort));
      return createPage(request, { items: rows.map(userAccountBody), count, nextStart }, { publicUrl: app.publicUrl });
    },
  });

  app.route({
    method: 'POST',
    url: '/service/userAccounts',
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      operationId: 'createUserAccount',
      summary: 'Make an account for somebody',
      description: 'They sign in for the first time by a link: `POST .../signInLinks` makes one.',
      tags,
      querystring: closed({ ...dryRunQuery }),
      body: newUserAccountSchema,
      response: { 200: userAccountSchema, 201: userAccountSchema, 204: dryRun204, ...problemResponses('conflict') },
    },
    handler: async (request, reply) => {
      const outcome = await postUserAccount(deps, contextOf(request, 'createUserAccount'), request.body);
      return sendOutcome(outcome, request, reply);
    },
  });
}

function addItemRoutes(app: App, deps: UserAccountRouteDeps): void {
  app.route({
    method: 'GET',
    url: '/service/userAccounts/:userAccountId',
    config: { right: 'readAccess' },
    schema: {
      operationId: 'getUserAccount',
      summary: 'Read an account',
      tags,
      params: userAccountParamsSchema,
      response: { 200: userAccountSchema, 304: Type.Null({ description: 'Not changed.' }) },
    },
    handler: async (request, reply) => {
      const seen = await getUserAccount(deps, request.principal, request.params.userAccountId);
      const tag = userAccountTag(seen);
      reply.header('etag', tag);
      return isNotModified(request, tag) ? reply.code(304).send(null) : userAccountBody(seen);
    },
  });

  app.route({
    method: 'PATCH',
    url: '/service/userAccounts/:userAccountId',
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      operationId: 'patchUserAccount',
      summary: 'Change names or roles',
      description:
        'JSON Merge Patch (RFC 7396); `roles` is replaced as a whole. Needs `If-Match`. Nobody changes their own roles, and one active administrator stays. Roles that are taken away sign the person out.',
      tags,
      params: userAccountParamsSchema,
      querystring: closed({ ...dryRunQuery }),
      body: userAccountPatchSchema,
      response: {
        200: userAccountSchema,
        204: dryRun204,
        ...problemResponses('conflict', 'preconditionFailed', 'unprocessableEntity', 'preconditionRequired'),
      },
    },
    handler: async (request, reply) => {
      const target = targetOf(request, request.params.userAccountId);
      const outcome = await patchUserAccount(deps, contextOf(request, 'patchUserAccount'), target, request.body);
      return sendOutcome(outcome, request, reply);
    },
  });

  app.route({
    method: 'DELETE',
    url: '/service/userAccounts/:userAccountId',
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      operationId: 'deleteUserAccount',
      summary: 'Erase an account',
      description:
        'What the person made stays, and so does the audit trail, which names ids only. Of somebody whom another institution manages only the roles here go. Needs `If-Match`.',
      tags,
      params: userAccountParamsSchema,
      querystring: closed({ ...dryRunQuery }),
      response: {
        204: Type.Null({ description: 'Erased.' }),
        ...problemResponses('conflict', 'preconditionFailed', 'preconditionRequired'),
      },
    },
    handler: async (request, reply) => {
      const target = targetOf(request, request.params.userAccountId);
      const outcome = await removeUserAccount(deps, contextOf(request, 'deleteUserAccount'), target);
      return sendOutcome(outcome, request, reply);
    },
  });
}

/** A state is a collection: an account is put into it by POST (api.md section 1, resource sets). */
function addStateRoute(app: App, deps: UserAccountRouteDeps, state: (typeof userAccountStates)[number]): void {
  const facts = {
    disabled: {
      operationId: 'disableUserAccount',
      summary: 'Disable an account',
      description: 'The person is signed out and cannot sign in. One active administrator stays.',
    },
    active: {
      operationId: 'enableUserAccount',
      summary: 'Enable a disabled account',
      description: 'Sessions and tokens from before stay refused.',
    },
  }[state];
  app.route({
    method: 'POST',
    url: `/service/${state}UserAccounts`,
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      ...facts,
      tags,
      querystring: closed({ userAccount: resourceIdSchema, ...dryRunQuery }),
      response: {
        200: userAccountSchema,
        204: dryRun204,
        ...problemResponses('notFound', 'conflict', 'preconditionFailed'),
      },
    },
    handler: async (request, reply) => {
      const target = targetOf(request, request.query.userAccount);
      const outcome = await moveUserAccount(deps, contextOf(request, facts.operationId), target, state);
      return sendOutcome(outcome, request, reply);
    },
  });
}

function filterOf(query: Static<typeof listQuerySchema>): UserAccountFilter {
  const { name, loginName, state, role, createdAt } = query;
  return {
    nameKeyPart: name === undefined ? undefined : nameKey(name),
    loginNamePart: loginName === undefined ? undefined : loginNameForm(loginName),
    states: state === undefined ? undefined : parseSet(state, userAccountStates, 'state'),
    roles: role === undefined ? undefined : parseSet(role, roles, 'role'),
    createdAt: createdAt === undefined ? undefined : parseRange('timestamp', createdAt, 'createdAt'),
  };
}

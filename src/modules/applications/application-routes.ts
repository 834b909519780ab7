import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import type { Keyring } from '../../crypto/keyring.ts';
import { contextOf, dryRun204, sendOutcome, targetOf } from '../../http/command-request.ts';
import { isNotModified } from '../../http/entity-tag.ts';
import { setFilterSchema, sortSchema } from '../../http/filter-schemas.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageQuery, pageSchema } from '../../http/paging.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, dryRunQuery, resourceIdSchema } from '../../http/schema-parts.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { nameKey } from '../../lib/name-key.ts';
import { parseSet } from '../../lib/set-filter.ts';
import { parseSort } from '../../lib/sort.ts';
import type { ApplicationDeps } from './application-change.ts';
import type { ApplicationFilter } from './application-list-store.ts';
import { applicationParamsSchema, tags } from './application-requests.ts';
import {
  applicationNameCharactersMax,
  applicationPatchSchema,
  applicationSchema,
  applicationStates,
  authenticationTypes,
  newApplicationSchema,
} from './application-schemas.ts';
import {
  getApplication,
  getApplications,
  moveApplication,
  patchApplication,
  postApplication,
  removeApplication,
} from './application-service.ts';
import { applicationSortDefault, applicationSortFields, positionOf, sortValuesOf } from './application-sort.ts';
import { applicationBody, applicationTag } from './application-view.ts';
import { addCredentialRoutes } from './credential-routes.ts';
import { createHandOut } from './hand-out.ts';

const listQuerySchema = closed({
  ...pageQuery(),
  name: Type.Optional(
    Type.String({ maxLength: applicationNameCharactersMax, description: 'Part of the name, whatever its case.' }),
  ),
  state: Type.Optional(setFilterSchema(applicationStates, 'State.')),
  authenticationType: Type.Optional(setFilterSchema(authenticationTypes, 'How it authenticates.')),
  sortBy: Type.Optional(sortSchema(applicationSortFields, applicationSortDefault)),
});

export interface ApplicationRouteDeps extends Omit<ApplicationDeps, 'prepareHandOut'> {
  readonly keyring: Keyring;
}

type App = Parameters<FastifyPluginAsyncTypebox>[0];

/** Applications, their credentials and the institutions that they may act for. */
export const applicationRoutes =
  (routeDeps: ApplicationRouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const deps = { ...routeDeps, prepareHandOut: createHandOut(routeDeps) };
    addCollectionRoutes(app, deps);
    // The order of the reference, and of tests that walk the table of routes: parts before the whole.
    addCredentialRoutes(app, deps);
    addItemRoutes(app, deps);
    addStateRoute(app, deps, 'disabled');
    addStateRoute(app, deps, 'active');
  };

function addCollectionRoutes(app: App, deps: ApplicationDeps & { keyring: Keyring }): void {
  app.route({
    method: 'GET',
    url: '/service/applications',
    config: { right: 'readAccess' },
    schema: {
      operationId: 'listApplications',
      summary: 'List the applications',
      description: 'Those that the institution manages, and those of others that may act for it.',
      tags,
      querystring: listQuerySchema,
      response: { 200: pageSchema(applicationSchema, 'applications') },
    },
    handler: async (request) => {
      const { institutionId } = request.principal;
      const key = (await deps.keyring.forInstitution(institutionId)).macKey('cursor');
      const sort = parseSort(request.query.sortBy ?? applicationSortDefault, applicationSortFields);
      const position = pagePosition(request, key, institutionId);
      const { applications, count, last } = await getApplications(deps, request.principal, filterOf(request.query), {
        sort,
        after: position === undefined ? undefined : sortValuesOf(position, sort),
        limit: pageLimit(request.query),
      });
      const nextStart =
        last === undefined
          ? undefined
          : encodeCursor(key, cursorBinding(institutionId, request.url), positionOf(last, sort));
      const items = applications.map(applicationBody);
      return createPage(request, { items, count, nextStart }, { publicUrl: app.publicUrl });
    },
  });

  app.route({
    method: 'POST',
    url: '/service/applications',
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      operationId: 'createApplication',
      summary: 'Make an application',
      description:
        'It has no credentials yet: a secret and an API key have operations of their own. Scopes and institutions must be within the caller’s.',
      tags,
      querystring: closed({ ...dryRunQuery }),
      body: newApplicationSchema,
      response: {
        200: applicationSchema,
        201: applicationSchema,
        204: dryRun204,
        ...problemResponses('unprocessableEntity'),
      },
    },
    handler: async (request, reply) => {
      const outcome = await postApplication(deps, contextOf(request, 'createApplication'), request.body);
      return sendOutcome(outcome, request, reply);
    },
  });
}

function addItemRoutes(app: App, deps: ApplicationDeps): void {
  app.route({
    method: 'GET',
    url: '/service/applications/:applicationId',
    config: { right: 'readAccess' },
    schema: {
      operationId: 'getApplication',
      summary: 'Read an application',
      tags,
      params: applicationParamsSchema,
      response: { 200: applicationSchema, 304: Type.Null({ description: 'Not changed.' }) },
    },
    handler: async (request, reply) => {
      const seen = await getApplication(deps, request.principal, request.params.applicationId);
      const tag = applicationTag(seen);
      reply.header('etag', tag);
      return isNotModified(request, tag) ? reply.code(304).send(null) : applicationBody(seen);
    },
  });

  app.route({
    method: 'PATCH',
    url: '/service/applications/:applicationId',
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      operationId: 'patchApplication',
      summary: 'Change an application',
      description:
        'JSON Merge Patch (RFC 7396); lists are replaced as a whole. Needs `If-Match`. Where scopes, roles or institutions are taken away, or it authenticates otherwise, earlier tokens are refused.',
      tags,
      params: applicationParamsSchema,
      querystring: closed({ ...dryRunQuery }),
      body: applicationPatchSchema,
      response: {
        200: applicationSchema,
        204: dryRun204,
        ...problemResponses('preconditionFailed', 'unprocessableEntity', 'preconditionRequired'),
      },
    },
    handler: async (request, reply) => {
      const target = targetOf(request, request.params.applicationId);
      const outcome = await patchApplication(deps, contextOf(request, 'patchApplication'), target, request.body);
      return sendOutcome(outcome, request, reply);
    },
  });

  app.route({
    method: 'DELETE',
    url: '/service/applications/:applicationId',
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      operationId: 'deleteApplication',
      summary: 'Delete an application',
      description:
        'With its secrets and grants; its tokens are refused from then on. What it made stays. Needs `If-Match`.',
      tags,
      params: applicationParamsSchema,
      querystring: closed({ ...dryRunQuery }),
      response: {
        204: Type.Null({ description: 'Deleted.' }),
        ...problemResponses('preconditionFailed', 'preconditionRequired'),
      },
    },
    handler: async (request, reply) => {
      const target = targetOf(request, request.params.applicationId);
      const outcome = await removeApplication(deps, contextOf(request, 'deleteApplication'), target);
      return sendOutcome(outcome, request, reply);
    },
  });
}

/** A state is a collection: an application is put into it by POST (api.md section 1, resource sets). */
function addStateRoute(app: App, deps: ApplicationDeps, state: (typeof applicationStates)[number]): void {
  const facts = {
    disabled: {
      operationId: 'disableApplication',
      summary: 'Disable an application',
      description: 'It gets no tokens, and those it has are refused.',
    },
    active: {
      operationId: 'enableApplication',
      summary: 'Enable a disabled application',
      description: 'Tokens from before stay refused: it asks for new ones.',
    },
  }[state];
  app.route({
    method: 'POST',
    url: `/service/${state}Applications`,
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      ...facts,
      tags,
      querystring: closed({ application: resourceIdSchema, ...dryRunQuery }),
      response: {
        200: applicationSchema,
        204: dryRun204,
        ...problemResponses('notFound', 'preconditionFailed'),
      },
    },
    handler: async (request, reply) => {
      const target = targetOf(request, request.query.application);
      const outcome = await moveApplication(deps, contextOf(request, facts.operationId), target, state);
      return sendOutcome(outcome, request, reply);
    },
  });
}

function filterOf(query: Static<typeof listQuerySchema>): ApplicationFilter {
  const { name, state, authenticationType } = query;
  return {
    nameKeyPart: name === undefined ? undefined : nameKey(name),
    states: state === undefined ? undefined : parseSet(state, applicationStates, 'state'),
    authenticationTypes:
      authenticationType === undefined
        ? undefined
        : parseSet(authenticationType, authenticationTypes, 'authenticationType'),
  };
}

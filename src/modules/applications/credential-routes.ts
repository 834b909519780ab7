import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Keyring } from '../../crypto/keyring.ts';
import { contextOf, dryRun204, sendOutcome, targetOf } from '../../http/command-request.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageQuerySchema, pageSchema } from '../../http/paging.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, dryRunQuery, resourceIdSchema, timestampSchema } from '../../http/schema-parts.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import type { ApplicationDeps } from './application-change.ts';
import { applicationParamsSchema, tags } from './application-requests.ts';
import {
  applicationSchema,
  applicationSecretSchema,
  institutionIdSchema,
  newApiKeySchema,
  newSecretSchema,
} from './application-schemas.ts';
import { moveApiKey } from './application-service.ts';
import { secretBody } from './application-view.ts';
import { getSecrets, postApiKey, postSecret, removeSecret } from './credential-service.ts';
import { removeGrant } from './grant-service.ts';

type App = Parameters<FastifyPluginAsyncTypebox>[0];

const shownOnce =
  'Whoever makes one can act as the application, so the caller must have all of its scopes and be an administrator in all of its institutions. Under an `Idempotency-Key` a repeated request is 409: the answer is not kept.';

/** Secrets and API keys of applications, and the end of a grant. */
export function addCredentialRoutes(app: App, deps: ApplicationDeps & { keyring: Keyring }): void {
  addSecretRoutes(app, deps);
  addSecretListRoute(app, deps);
  addApiKeyRoutes(app, deps);
  addGrantRoute(app, deps);
}

function addSecretListRoute(app: App, deps: ApplicationDeps & { keyring: Keyring }): void {
  app.route({
    method: 'GET',
    url: '/service/applications/:applicationId/secrets',
    config: { right: 'readAccess' },
    schema: {
      operationId: 'listApplicationSecrets',
      summary: 'List the secrets of an application',
      description: 'Those that are valid, the newest first; never the secrets themselves.',
      tags,
      params: applicationParamsSchema,
      querystring: pageQuerySchema,
      response: { 200: pageSchema(applicationSecretSchema, 'applicationSecrets') },
    },
    handler: async (request) => {
      const { institutionId } = request.principal;
      const key = (await deps.keyring.forInstitution(institutionId)).macKey('cursor');
      const [last] = pagePosition(request, key, institutionId) ?? [];
      const secrets = await getSecrets(deps, request.principal, request.params.applicationId);
      const from = secrets.findIndex(({ id }) => id === last) + 1;
      const shown = secrets.slice(from, from + pageLimit(request.query));
      const end = shown.at(-1)?.id;
      const nextStart =
        end === undefined || end === secrets.at(-1)?.id
          ? undefined
          : encodeCursor(key, cursorBinding(institutionId, request.url), [end]);
      const page = { items: shown.map(secretBody), count: secrets.length, nextStart };
      return createPage(request, page, { publicUrl: app.publicUrl });
    },
  });
}

function addSecretRoutes(app: App, deps: ApplicationDeps): void {
  app.route({
    method: 'POST',
    url: '/service/applications/:applicationId/secrets',
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      operationId: 'createApplicationSecret',
      summary: 'Make a client secret',
      description: `It is shown this once. Two are valid at most, one in use and its successor; a third is 409. ${shownOnce}`,
      tags,
      params: applicationParamsSchema,
      querystring: closed({
        previousExpiresAt: Type.Optional({
          ...timestampSchema,
          description: 'When the secret before ends, at most 366 days from now. Absent: when it is deleted.',
        }),
        ...dryRunQuery,
      }),
      response: {
        200: newSecretSchema,
        201: newSecretSchema,
        204: dryRun204,
        ...problemResponses('conflict', 'preconditionFailed', 'unprocessableEntity'),
      },
    },
    handler: async (request, reply) => {
      const { previousExpiresAt } = request.query;
      const target = targetOf(request, request.params.applicationId);
      const outcome = await postSecret(deps, contextOf(request, 'createApplicationSecret'), target, {
        previousExpiresAt: previousExpiresAt === undefined ? undefined : new Date(previousExpiresAt),
      });
      return sendOutcome(outcome, request, reply);
    },
  });

  app.route({
    method: 'DELETE',
    url: '/service/applications/:applicationId/secrets/:secretId',
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      operationId: 'deleteApplicationSecret',
      summary: 'Delete a client secret',
      description: 'Nobody gets a token with it any more, and earlier tokens of the application are refused.',
      tags,
      params: closed({ ...applicationParamsSchema.properties, secretId: resourceIdSchema }),
      querystring: closed({ ...dryRunQuery }),
      response: { 204: Type.Null({ description: 'Deleted.' }), ...problemResponses('preconditionFailed') },
    },
    handler: async (request, reply) => {
      const { applicationId, secretId } = request.params;
      const target = targetOf(request, applicationId);
      const outcome = await removeSecret(deps, contextOf(request, 'deleteApplicationSecret'), target, secretId);
      return sendOutcome(outcome, request, reply);
    },
  });
}

function addApiKeyRoutes(app: App, deps: ApplicationDeps): void {
  app.route({
    method: 'POST',
    url: '/service/applications/:applicationId/apiKey',
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      operationId: 'createApiKey',
      summary: 'Make or replace the API key',
      description: `It is shown this once; the one before ends at once. From then on each call must carry it. ${shownOnce}`,
      tags,
      params: applicationParamsSchema,
      querystring: closed({ ...dryRunQuery }),
      response: {
        200: newApiKeySchema,
        201: newApiKeySchema,
        204: dryRun204,
        ...problemResponses('preconditionFailed'),
      },
    },
    handler: async (request, reply) => {
      const target = targetOf(request, request.params.applicationId);
      return sendOutcome(await postApiKey(deps, contextOf(request, 'createApiKey'), target), request, reply);
    },
  });
  addApiKeyStateRoute(app, deps, 'disabled');
  addApiKeyStateRoute(app, deps, 'active');
}

function addApiKeyStateRoute(app: App, deps: ApplicationDeps, state: 'disabled' | 'active'): void {
  const facts = {
    disabled: {
      operationId: 'disableApiKey',
      summary: 'Disable the API key of an application',
      description: 'Calls of the application are refused until the key is enabled or replaced.',
    },
    active: { operationId: 'enableApiKey', summary: 'Enable the API key of an application', description: 'As it was.' },
  }[state];
  app.route({
    method: 'POST',
    url: `/service/${state}ApiKeys`,
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      ...facts,
      tags,
      querystring: closed({ application: resourceIdSchema, ...dryRunQuery }),
      response: {
        200: applicationSchema,
        204: dryRun204,
        ...problemResponses('notFound', 'preconditionFailed', 'unprocessableEntity'),
      },
    },
    handler: async (request, reply) => {
      const target = targetOf(request, request.query.application);
      const outcome = await moveApiKey(deps, contextOf(request, facts.operationId), target, state);
      return sendOutcome(outcome, request, reply);
    },
  });
}

function addGrantRoute(app: App, deps: ApplicationDeps): void {
  app.route({
    method: 'DELETE',
    url: '/service/applications/:applicationId/institutions/:institutionId',
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      operationId: 'deleteApplicationInstitution',
      summary: 'End that an application may act for an institution',
      description:
        'By its home, or by that institution itself, which can change nothing else of an application that another one manages.',
      tags,
      params: closed({ ...applicationParamsSchema.properties, institutionId: institutionIdSchema }),
      querystring: closed({ ...dryRunQuery }),
      response: {
        204: Type.Null({ description: 'Ended.' }),
        ...problemResponses('preconditionFailed', 'unprocessableEntity'),
      },
    },
    handler: async (request, reply) => {
      const { applicationId, institutionId } = request.params;
      const target = targetOf(request, applicationId);
      const context = contextOf(request, 'deleteApplicationInstitution');
      return sendOutcome(await removeGrant(deps, context, target, institutionId), request, reply);
    },
  });
}

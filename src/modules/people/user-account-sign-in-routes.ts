import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { contextOf, dryRun204, sendOutcome, targetOf } from '../../http/command-request.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, dryRunQuery } from '../../http/schema-parts.ts';
import { getMe } from './me.ts';
import { signInLinkAddress } from './sign-in-link.ts';
import type { UserAccountDeps } from './user-account-change.ts';
import { tags, userAccountParamsSchema } from './user-account-requests.ts';
import { meSchema, signInLinkSchema, userAccountSchema } from './user-account-schemas.ts';
import { endUserSessions, postSignInLink, resetSecondFactor } from './user-account-service.ts';

type App = Parameters<FastifyPluginAsyncTypebox>[0];

/** How a person gets in and out. */
export function addSignInRoutes(app: App, deps: UserAccountDeps): void {
  app.route({
    method: 'POST',
    url: '/service/userAccounts/:userAccountId/signInLinks',
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      operationId: 'createSignInLink',
      summary: 'Make a sign-in link',
      description:
        'For the first sign-in and for a forgotten password. It works once, for 15 minutes; a link before it no longer works. Hand it over so that nobody else gets it. A second factor that is set up is still asked for. Whoever gets in can do all that the person may, so the access token must have every scope.',
      tags,
      params: userAccountParamsSchema,
      querystring: closed({ ...dryRunQuery }),
      response: { 200: signInLinkSchema, 201: signInLinkSchema, 204: dryRun204, ...problemResponses('conflict') },
    },
    handler: async (request, reply) => {
      const target = targetOf(request, request.params.userAccountId);
      const context = contextOf(request, 'createSignInLink');
      const outcome = await postSignInLink(deps, context, target, ({ token, expiresAt }) => ({
        ...(request.dryRun ? {} : { link_url: signInLinkAddress(app.publicUrl, token) }),
        expiresAt: expiresAt.toISOString(),
      }));
      return sendOutcome(outcome, request, reply);
    },
  });

  app.route({
    method: 'POST',
    url: '/service/userAccounts/:userAccountId/endedSessions',
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      operationId: 'endUserSessions',
      summary: 'Sign somebody out everywhere',
      description: 'Sessions and tokens from before are refused. They can sign in again.',
      tags,
      params: userAccountParamsSchema,
      querystring: closed({ ...dryRunQuery }),
      response: { 200: userAccountSchema, 204: dryRun204 },
    },
    handler: async (request, reply) => {
      const target = targetOf(request, request.params.userAccountId);
      const outcome = await endUserSessions(deps, contextOf(request, 'endUserSessions'), target);
      return sendOutcome(outcome, request, reply);
    },
  });

  app.route({
    method: 'DELETE',
    url: '/service/userAccounts/:userAccountId/secondFactor',
    config: { right: 'manageAccess', freshSignIn: true },
    schema: {
      operationId: 'resetSecondFactor',
      summary: 'Reset the second factor',
      description:
        'For a lost telephone. The recovery codes go with it, the person is signed out, and the next sign-in sets another one up. The access token must have every scope.',
      tags,
      params: userAccountParamsSchema,
      querystring: closed({ ...dryRunQuery }),
      response: { 204: Type.Null({ description: 'There is none now.' }) },
    },
    handler: async (request, reply) => {
      const target = targetOf(request, request.params.userAccountId);
      const outcome = await resetSecondFactor(deps, contextOf(request, 'resetSecondFactor'), target);
      return sendOutcome(outcome, request, reply);
    },
  });
}

/** Who the caller is. */
export function addMeRoute(app: App, deps: UserAccountDeps): void {
  app.route({
    method: 'GET',
    url: '/service/me',
    config: { right: 'readSettings' },
    schema: {
      operationId: 'getMe',
      summary: 'Who am I?',
      description:
        'The caller, the institution of this request, those to choose from, and what the caller may do here.',
      tags,
      response: { 200: meSchema },
    },
    handler: async (request) => await getMe(deps, request.principal),
  });
}

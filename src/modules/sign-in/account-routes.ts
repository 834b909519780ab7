import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { closed } from '../../http/schema-parts.ts';
import {
  type AccountDeps,
  type AccountPath,
  type AccountVisit,
  askToSignIn,
  doneThings,
  enterAccount,
} from './account-desk.ts';
import {
  openAccount,
  openAuthenticator,
  openChangePassword,
  openRenewCodes,
  openSessions,
  takeAuthenticator,
  takeAuthenticatorCode,
  takeChangePassword,
  takeRenewCodes,
  takeSessions,
  takeSignOut,
} from './account-steps.ts';
import { addPages } from './page-plugin.ts';
import { visitOf } from './sign-in-desk.ts';
import { passwordUnitsMax } from './sign-in-pages.ts';
import { createSignInProgresses } from './sign-in-progress.ts';
import { codeSchema, csrfProperty, pageConfig, pageSchema } from './sign-in-route-parts.ts';

const password = Type.String({ maxLength: passwordUnitsMax });
/** For password managers, which keep a password with its name. */
const username = Type.Optional(Type.String({ maxLength: 254 }));
/** Who has no second factor sends none. */
const proofProperties = { ...csrfProperty, username, password, code: Type.Optional(codeSchema) };
const doneQuery = closed({ done: Type.Optional(Type.Enum([...doneThings])) });

export type AccountRouteDeps = Omit<AccountDeps, 'progresses'>;

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The pages on which somebody who is signed in sees to their own account. They work without JavaScript. */
export const accountRoutes =
  (given: AccountRouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const deps: AccountDeps = { ...given, progresses: createSignInProgresses(given) };
    await addPages(app, deps);
    addKeyPages(app, deps);
    addKeyForms(app, deps);
    addSessionRoutes(app, deps);
  };

type App = Parameters<FastifyPluginAsyncTypebox>[0];

/** Only for who is signed in; others sign in first, and come back to the page. */
async function asOwner(
  deps: AccountDeps,
  at: Exchange & { path: AccountPath; form?: { csrf: string } },
  work: (visit: AccountVisit) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const visit = await enterAccount(deps, at, at.form);
  if (visit !== undefined) return await work(visit);
  return askToSignIn(visitOf(at.request, at.reply, deps.publicUrl), at.path);
}

/** What somebody signs in by: looking at it. */
function addKeyPages(app: App, deps: AccountDeps): void {
  const opened = [
    { path: '/account/password', operationId: 'getOwnPassword', open: openChangePassword },
    { path: '/account/authenticator', operationId: 'getOwnAuthenticator', open: openAuthenticator },
    { path: '/account/recovery-codes', operationId: 'getOwnRecoveryCodes', open: openRenewCodes },
  ] as const;
  for (const { path, operationId, open } of opened) {
    app.route({
      method: 'GET',
      url: path,
      config: pageConfig,
      schema: pageSchema(operationId, {}),
      handler: async (request, reply) => await asOwner(deps, { request, reply, path }, (visit) => open(deps, visit)),
    });
  }
}

/** What somebody signs in by: changing it. */
function addKeyForms(app: App, deps: AccountDeps): void {
  app.route({
    method: 'POST',
    url: '/account/password',
    config: pageConfig,
    schema: pageSchema('changeOwnPassword', {
      body: closed({
        ...proofProperties,
        newPassword: password,
        repeated: password,
      }),
    }),
    handler: async (request, reply) => {
      const { body: form } = request;
      const at = { request, reply, path: '/account/password', form } as const;
      return await asOwner(deps, at, (visit) => takeChangePassword(deps, visit, form));
    },
  });

  app.route({
    method: 'POST',
    url: '/account/authenticator',
    config: pageConfig,
    schema: pageSchema('beginOwnAuthenticator', { body: closed(proofProperties) }),
    handler: async (request, reply) => {
      const { body: form } = request;
      const at = { request, reply, path: '/account/authenticator', form } as const;
      return await asOwner(deps, at, (visit) => takeAuthenticator(deps, visit, form));
    },
  });

  app.route({
    method: 'POST',
    url: '/account/authenticator/code',
    config: pageConfig,
    schema: pageSchema('replaceOwnAuthenticator', {
      body: closed({ ...csrfProperty, enrolment: Type.String({ maxLength: 1024 }), code: codeSchema }),
    }),
    handler: async (request, reply) => {
      const { body: form } = request;
      const at = { request, reply, path: '/account/authenticator', form } as const;
      return await asOwner(deps, at, (visit) => takeAuthenticatorCode(deps, visit, form));
    },
  });

  app.route({
    method: 'POST',
    url: '/account/recovery-codes',
    config: pageConfig,
    schema: pageSchema('renewOwnRecoveryCodes', { body: closed(proofProperties) }),
    handler: async (request, reply) => {
      const { body: form } = request;
      const at = { request, reply, path: '/account/recovery-codes', form } as const;
      return await asOwner(deps, at, (visit) => takeRenewCodes(deps, visit, form));
    },
  });
}

function addSessionRoutes(app: App, deps: AccountDeps): void {
  const opened = [
    { path: '/account', operationId: 'getOwnAccount', open: openAccount },
    { path: '/account/sessions', operationId: 'getOwnSessions', open: openSessions },
  ] as const;
  for (const { path, operationId, open } of opened) {
    app.route({
      method: 'GET',
      url: path,
      config: pageConfig,
      schema: pageSchema(operationId, { querystring: doneQuery }),
      handler: async (request, reply) =>
        await asOwner(deps, { request, reply, path }, (visit) => open(deps, visit, request.query.done)),
    });
  }

  app.route({
    method: 'POST',
    url: '/account/sessions',
    config: pageConfig,
    schema: pageSchema('endOwnSessions', {
      body: closed({
        ...csrfProperty,
        session: Type.String({ maxLength: 20, pattern: '^(?:[0-9a-f]{20}|others)$' }),
        username,
        // An external issuer has them.
        password: Type.Optional(password),
        code: Type.Optional(codeSchema),
      }),
    }),
    handler: async (request, reply) => {
      const { body: form } = request;
      const at = { request, reply, path: '/account/sessions', form } as const;
      return await asOwner(deps, at, (visit) => takeSessions(deps, visit, form));
    },
  });

  app.route({
    method: 'POST',
    url: '/account/sign-out',
    config: pageConfig,
    schema: pageSchema('signOutOfAccount', { body: closed(csrfProperty) }),
    handler: async (request, reply) => {
      const at = { request, reply, path: '/account', form: request.body } as const;
      return await asOwner(deps, at, (visit) => takeSignOut(deps, visit));
    },
  });
}

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { closed } from '../../http/schema-parts.ts';
import { addPages } from './page-plugin.ts';
import { secretOfForm } from './sign-in-desk.ts';
import { passwordUnitsMax } from './sign-in-pages.ts';
import { createSignInProgresses } from './sign-in-progress.ts';
import {
  codeSchema,
  csrfProperty,
  pageConfig,
  pageSchema,
  type SignInRouteDeps,
  stepEntrance,
  uidParams,
} from './sign-in-route-parts.ts';
import {
  openEnrolment,
  openLink,
  openRecoveryCodes,
  takeEnrolment,
  takeLink,
  takeRecoveryCodes,
} from './sign-in-steps.ts';

const password = Type.String({ maxLength: passwordUnitsMax });
const tokenParams = closed({ token: Type.String({ maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' }) });

/** The pages that set an account up: a password by link, the authenticator, recovery codes. */
export const accountSetUpRoutes =
  (given: SignInRouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const deps = { ...given, progresses: createSignInProgresses(given) };
    await addPages(app, deps);
    const { visitBy, enter } = stepEntrance(deps);

    app.route({
      method: 'GET',
      url: '/sign-in/link/:token',
      config: pageConfig,
      schema: pageSchema('getSignInLink', { params: tokenParams }),
      handler: async (request, reply) => openLink(deps, visitBy(request, reply), request.params.token),
    });

    app.route({
      method: 'POST',
      url: '/sign-in/link/:token',
      config: pageConfig,
      schema: pageSchema('redeemSignInLink', {
        params: tokenParams,
        body: closed({
          ...csrfProperty,
          // For password managers, which keep a password with its name.
          username: Type.Optional(Type.String({ maxLength: 254 })),
          password,
          repeated: password,
        }),
      }),
      handler: async (request, reply) => {
        const visit = visitBy(request, reply);
        const secret = secretOfForm(visit, request.body, deps.publicUrl);
        const { password: chosen, repeated } = request.body;
        return await takeLink(deps, visit, { token: request.params.token, secret, password: chosen, repeated });
      },
    });

    app.route({
      method: 'GET',
      url: '/sign-in/:uid/authenticator',
      config: pageConfig,
      schema: pageSchema('getAuthenticatorSetUp', { params: uidParams }),
      handler: async (request, reply) =>
        openEnrolment(deps, await enter({ uid: request.params.uid, step: 'enrolment' }, request, reply)),
    });

    app.route({
      method: 'POST',
      url: '/sign-in/:uid/authenticator',
      config: pageConfig,
      schema: pageSchema('submitAuthenticatorSetUp', {
        params: uidParams,
        body: closed({ ...csrfProperty, enrolment: Type.String({ maxLength: 1024 }), code: codeSchema }),
      }),
      handler: async (request, reply) => {
        const { body } = request;
        const visit = await enter({ uid: request.params.uid, step: 'enrolment', form: body }, request, reply);
        return await takeEnrolment(deps, visit, body);
      },
    });

    app.route({
      method: 'GET',
      url: '/sign-in/:uid/recovery-codes',
      config: pageConfig,
      schema: pageSchema('getRecoveryCodes', { params: uidParams }),
      handler: async (request, reply) =>
        openRecoveryCodes(await enter({ uid: request.params.uid, step: 'recoveryCodes' }, request, reply)),
    });

    app.route({
      method: 'POST',
      url: '/sign-in/:uid/recovery-codes',
      config: pageConfig,
      schema: pageSchema('submitRecoveryCodes', {
        params: uidParams,
        body: closed({ ...csrfProperty, action: Type.Enum(['continue', 'renew']) }),
      }),
      handler: async (request, reply) => {
        const { body } = request;
        const visit = await enter({ uid: request.params.uid, step: 'recoveryCodes', form: body }, request, reply);
        return await takeRecoveryCodes(deps, visit, body.action);
      },
    });
  };

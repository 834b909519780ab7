import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { closed } from '../../http/schema-parts.ts';
import { readyPage } from './message-pages.ts';
import { addPages } from './page-plugin.ts';
import { secretOfForm, show } from './sign-in-desk.ts';
import { loginNameCharactersMax, passwordUnitsMax } from './sign-in-pages.ts';
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
import { openCode, openPassword, takeCode, takePassword } from './sign-in-steps.ts';
import { stylesheet } from './stylesheet.ts';

const passwordForm = closed({
  ...csrfProperty,
  loginName: Type.String({ maxLength: loginNameCharactersMax }),
  password: Type.String({ maxLength: passwordUnitsMax }),
});

/** The pages of a sign-in. They work without JavaScript. */
export const signInRoutes =
  (given: SignInRouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const deps = { ...given, progresses: createSignInProgresses(given) };
    await addPages(app, deps);
    const { visitBy, enter } = stepEntrance(deps);

    app.route({
      method: 'GET',
      url: '/sign-in.css',
      config: { public: true, produces: ['text/css'] },
      schema: pageSchema('getSignInStyle', {}),
      handler: async (_request, reply) =>
        reply.header('cache-control', 'public, max-age=3600').type('text/css; charset=utf-8').send(stylesheet),
    });

    app.route({
      method: 'GET',
      url: '/sign-in/ready',
      config: pageConfig,
      schema: pageSchema('getSignInReady', {}),
      handler: async (request, reply) => {
        const visit = visitBy(request, reply);
        return show(visit, readyPage(visit.startAddress));
      },
    });

    app.route({
      method: 'GET',
      url: '/sign-in/:uid',
      config: pageConfig,
      schema: pageSchema('getSignIn', { params: uidParams }),
      handler: async (request, reply) => openPassword(deps, visitBy(request, reply), request.params.uid),
    });

    app.route({
      method: 'POST',
      url: '/sign-in/:uid',
      config: pageConfig,
      schema: pageSchema('submitPassword', { params: uidParams, body: passwordForm }),
      handler: async (request, reply) => {
        const visit = visitBy(request, reply);
        const secret = secretOfForm(visit, request.body, deps.publicUrl);
        const { loginName, password } = request.body;
        return await takePassword(deps, visit, { uid: request.params.uid, secret, loginName, password });
      },
    });

    for (const way of ['totp', 'recoveryCode'] as const) {
      const { url, name } = {
        totp: { url: '/sign-in/:uid/code', name: 'Code' },
        recoveryCode: { url: '/sign-in/:uid/recovery-code', name: 'RecoveryCode' },
      }[way];
      const step = 'secondFactor';

      app.route({
        method: 'GET',
        url,
        config: pageConfig,
        schema: pageSchema(`getSignIn${name}`, { params: uidParams }),
        handler: async (request, reply) =>
          openCode(await enter({ uid: request.params.uid, step }, request, reply), way),
      });

      app.route({
        method: 'POST',
        url,
        config: pageConfig,
        schema: pageSchema(`submitSignIn${name}`, {
          params: uidParams,
          body: closed({ ...csrfProperty, code: codeSchema }),
        }),
        handler: async (request, reply) => {
          const { body } = request;
          const visit = await enter({ uid: request.params.uid, step, form: body }, request, reply);
          return await takeCode(deps, visit, { way, code: body.code });
        },
      });
    }
  };

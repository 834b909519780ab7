import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Type } from 'typebox';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, timestampSchema } from '../../http/schema-parts.ts';
import { roles, scopes } from '../access/index.ts';
import { signedOutPage } from './message-pages.ts';
import { addPages } from './page-plugin.ts';
import {
  chooseInstitution,
  describeSession,
  type SessionServiceDeps,
  signOut,
  signOutEverywhere,
} from './session-service.ts';
import { completeSignIn, receiveCallback, type SessionStartDeps, startSignIn } from './session-start.ts';
import { show, visitOf } from './sign-in-desk.ts';
import { pageConfig, pageSchema } from './sign-in-route-parts.ts';

// Only `app.ts` needs them, and it enters here: whoever enters by `index.ts` loads no HTTP.
export { createPortal, type Portal } from './portal.ts';
export { createSessionVerifier } from './session-desk.ts';

const text = (maxLength: number) => Type.String({ maxLength });
const institutionId = Type.String({ pattern: '^[A-Z0-9_]{2,8}$', description: 'Of the institution.' });
const institution = Type.Object({ id: institutionId, name: text(80) });

const sessionSchema = Type.Object(
  {
    person: Type.Object({ id: text(256), name: text(80) }),
    institution: Type.Object({ ...institution.properties }, { description: 'The one that the person works for now.' }),
    institutions: Type.Array(institution, { maxItems: 1000, description: 'Those that may be chosen.' }),
    roles: Type.Array(Type.Enum([...roles]), { maxItems: roles.length, description: 'In this institution.' }),
    scopes: Type.Array(Type.Enum([...scopes]), { maxItems: scopes.length }),
    csrfToken: Type.String({ maxLength: 64, description: 'To be sent as `X-CSRF-Token` with what is not a GET.' }),
    idleEndsAt: timestampSchema,
    expiresAt: timestampSchema,
  },
  { $id: 'session', additionalProperties: false },
);
const signedOutSchema = Type.Object(
  { next_url: Type.String({ maxLength: 8192, format: 'uri-reference', description: 'Where the browser goes now.' }) },
  { $id: 'signedOut', additionalProperties: false },
);

/** What an issuer may add to the address; the standard wants the unknown passed over, but some bound there must be. */
const callbackQuery = closed(
  Object.fromEntries(
    ['code', 'state', 'iss', 'session_state', 'scope', 'error', 'error_description', 'error_uri', 'client_info'].map(
      (name) => [name, Type.Optional(text(4096))],
    ),
  ),
);
/** A path of ours: `//` and `/\` would be other hosts. */
const returnTo = Type.String({ maxLength: 1024, pattern: '^/(?![/\\\\])[!-\\[\\]-~]*$' });

export type SessionRouteDeps = SessionServiceDeps & SessionStartDeps & { readonly logger: Logger };

/** The pages between the portal and its issuer. */
export const sessionStartRoutes =
  (deps: SessionRouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    await addPages(app, deps);
    const visitBy = (request: FastifyRequest, reply: FastifyReply) => visitOf(request, reply, deps.publicUrl);

    app.route({
      method: 'GET',
      url: '/session/sign-in',
      config: pageConfig,
      schema: pageSchema('startSession', { querystring: closed({ returnTo: Type.Optional(returnTo) }) }),
      handler: async (request, reply) =>
        await startSignIn(deps, visitBy(request, reply), request.query.returnTo ?? '/'),
    });

    app.route({
      method: 'GET',
      url: '/session/callback',
      config: pageConfig,
      schema: pageSchema('receiveSessionCallback', { querystring: callbackQuery }),
      handler: async (request, reply) => receiveCallback(visitBy(request, reply), queryOf(request)),
    });

    app.route({
      method: 'GET',
      url: '/session/complete',
      config: pageConfig,
      schema: pageSchema('completeSession', { querystring: callbackQuery }),
      handler: async (request, reply) => await completeSignIn(deps, visitBy(request, reply), queryOf(request)),
    });

    app.route({
      method: 'GET',
      url: '/signed-out',
      config: pageConfig,
      schema: pageSchema('getSignedOut', {}),
      handler: async (request, reply) => {
        const visit = visitBy(request, reply);
        return show(visit, signedOutPage(visit.startAddress));
      },
    });
  };

const tags = ['Session'];
const config = { public: true } as const;

/** The session itself, for the portal's own pages. */
export const sessionRoutes =
  (deps: SessionRouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });

    app.route({
      method: 'GET',
      url: '/session',
      config,
      schema: {
        operationId: 'getSession',
        summary: 'Who is signed in',
        description: 'Of the session cookie. Asking does not put off the end of an idle session.',
        tags,
        response: { 200: sessionSchema, ...problemResponses('unauthorized') },
      },
      handler: async (request) => await describeSession(deps, request),
    });

    app.route({
      method: 'POST',
      url: '/session/institution',
      config,
      schema: {
        operationId: 'chooseSessionInstitution',
        summary: 'Work for another institution',
        tags,
        body: closed({ institutionId }),
        response: { 200: sessionSchema, ...problemResponses('unauthorized', 'forbidden') },
      },
      handler: async (request) => await chooseInstitution(deps, request, request.body.institutionId),
    });

    app.route({
      method: 'POST',
      url: '/session/sign-out',
      config,
      schema: {
        operationId: 'signOut',
        summary: 'Sign out',
        description: "Ends the session and the issuer's session of this browser.",
        tags,
        response: { 200: signedOutSchema, ...problemResponses('unauthorized', 'forbidden') },
      },
      handler: async (request, reply) => await signOut(deps, request, reply),
    });

    app.route({
      method: 'POST',
      url: '/session/sign-out-everywhere',
      config,
      schema: {
        operationId: 'signOutEverywhere',
        summary: 'Sign out everywhere',
        description: 'Ends every session of the person, and every token that was given out for them.',
        tags,
        response: { 200: signedOutSchema, ...problemResponses('unauthorized', 'forbidden') },
      },
      handler: async (request, reply) => await signOutEverywhere(deps, request, reply),
    });
  };

function queryOf(request: FastifyRequest): string {
  const mark = request.url.indexOf('?');
  return mark === -1 ? '' : request.url.slice(mark);
}

import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { Type } from 'typebox';
import type { ProblemName } from '../lib/problem.ts';
import { problemNames, problemResponses } from './problem-body.ts';

/** A JSON body of more is none of ours: lists and loads have routes that stream. */
export const jsonBodyBytesMax = 256 * 1024;
const noQuery = Type.Object({}, { additionalProperties: false });

/**
 * Completes each route: an empty closed query where none is declared, so that unknown parameters are 400; the general
 * problems among its responses. A route that is neither `public` nor has a right is a mistake.
 * `app.routeTable` lists all of them.
 */
export function addRouteDefaults(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.decorate('routeTable', routes);
  app.addHook('onRoute', (route) => {
    const { config } = route;
    if ((config?.right === undefined) === (config?.public === undefined)) {
      throw new Error(`${String(route.method)} ${route.url} must have either a right or public: true`);
    }
    route.schema = completeSchema(route);
    routes.push(route);
  });
}

function completeSchema(route: RouteOptions): FastifySchema {
  const schema = route.schema ?? {};
  const given: object = typeof schema.response === 'object' && schema.response !== null ? schema.response : {};
  return {
    ...schema,
    querystring: schema.querystring ?? noQuery,
    response: {
      ...given,
      ...problemResponses(...generalProblems(route), ...Object.values(given).flatMap(problemNames)),
    },
  };
}

function generalProblems(route: RouteOptions): readonly ProblemName[] {
  const names: ProblemName[] = [
    'badRequest',
    'notAcceptable',
    'internalServerError',
    'serviceUnavailable',
    'tooManyRequests',
  ];
  if (route.config?.right !== undefined) names.push('unauthorized', 'forbidden');
  if (route.config?.freshSignIn === true) names.push('freshSignInNeeded');
  if (route.url.includes('/:')) names.push('notFound');
  if (route.method === 'POST' && route.config?.right !== undefined) names.push('conflict', 'idempotencyKeyReused');
  if (route.schema?.body !== undefined) names.push('payloadTooLarge', 'unsupportedMediaType', 'requestTimeout');
  return names;
}

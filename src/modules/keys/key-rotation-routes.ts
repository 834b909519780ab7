import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { createPage, cursorBinding, pageLimit, pagePosition, pageSchema } from '../../http/paging.ts';
import { applyPreference, parsePrefer } from '../../http/preferences.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { sendReply } from '../../http/send-reply.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import { type CursorPosition, encodeCursor } from '../../lib/cursor.ts';
import { parseSet } from '../../lib/set-filter.ts';
import {
  keysSchema,
  newRotationQuerySchema,
  newRotationSchema,
  rotationKinds,
  rotationListQuerySchema,
  rotationParamsSchema,
  rotationSchema,
  rotationStates,
} from './key-rotation-schemas.ts';
import { getKeys, getRotation, getRotations, startRotation } from './key-rotation-service.ts';
import type { RotationDeps } from './rotation-work.ts';

const tags = ['Keys'];

/** The institution's keys and their rotations. The master key is the operator's alone. */
export const keyRotationRoutes =
  (deps: RotationDeps & { jobs: Jobs }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/service/keys',
      config: { right: 'readAccess' },
      schema: {
        operationId: 'listKeys',
        summary: 'List the keys of the institution, without the keys themselves',
        tags,
        response: { 200: keysSchema },
      },
      handler: async (request) => await getKeys(deps, request.principal),
    });

    app.route({
      method: 'POST',
      url: '/service/keyRotations',
      config: { right: 'manageAccess', freshSignIn: true },
      schema: {
        operationId: 'createKeyRotation',
        summary: 'Rotate a key',
        description:
          'Makes a new key, makes everything anew under it while the old one is still read, proves that nothing is left, and retires the old one. Pages, lists and loads go on meanwhile.',
        tags,
        querystring: newRotationQuerySchema,
        body: newRotationSchema,
        response: {
          200: rotationSchema,
          202: rotationSchema,
          204: Type.Null({ description: 'The dry run found nothing that stops it.' }),
          ...problemResponses('conflict', 'idempotencyKeyReused'),
        },
      },
      handler: async (request, reply) => {
        const { principal, dryRun, idempotency: claim } = request;
        const context = { principal, operation: 'createKeyRotation', dryRun, claim };
        const outcome = await startRotation(deps, context, request.body);
        if (!dryRun) return sendReply(outcome, reply);
        if (!parsePrefer(request.headers.prefer).returnRepresentation) return sendReply({ status: 204 }, reply);
        applyPreference(reply, 'return=representation');
        return sendReply({ status: 200, body: outcome.body }, reply);
      },
    });

    app.route({
      method: 'GET',
      url: '/service/keyRotations',
      config: { right: 'readAccess' },
      schema: {
        operationId: 'listKeyRotations',
        summary: 'List the rotations, newest first',
        tags,
        querystring: rotationListQuerySchema,
        response: { 200: pageSchema(rotationSchema, 'keyRotations') },
      },
      handler: async (request) => {
        const { principal, query } = request;
        const { institutionId } = principal;
        const key = (await deps.keyring.forInstitution(institutionId)).macKey('cursor');
        const filter = {
          ...(query.kind === undefined ? {} : { kinds: parseSet(query.kind, rotationKinds, 'kind') }),
          ...(query.state === undefined ? {} : { states: parseSet(query.state, rotationStates, 'state') }),
        };
        const after = afterOf(pagePosition(request, key, institutionId));
        const page = await getRotations(deps, principal, filter, { after, limit: pageLimit(query) });
        const nextStart =
          page.last &&
          encodeCursor(key, cursorBinding(institutionId, request.url), [
            page.last.created_at.toISOString(),
            page.last.id,
          ]);
        return createPage(request, { ...page, nextStart }, { publicUrl: app.publicUrl });
      },
    });

    app.route({
      method: 'GET',
      url: '/service/keyRotations/:keyRotationId',
      config: { right: 'readAccess' },
      schema: {
        operationId: 'getKeyRotation',
        summary: 'Read a rotation: its progress, or how it ended',
        tags,
        params: rotationParamsSchema,
        response: { 200: rotationSchema },
      },
      handler: async (request) => await getRotation(deps, request.principal, request.params.keyRotationId),
    });
  };

function afterOf(position: CursorPosition | undefined): { createdAt: Date; id: string } | undefined {
  const [createdAt, id] = position ?? [];
  return typeof createdAt === 'string' && typeof id === 'string' ? { createdAt: new Date(createdAt), id } : undefined;
}

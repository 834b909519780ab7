import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { isNotModified } from '../../../http/entity-tag.ts';
import {
  createPage,
  cursorBinding,
  idPageLimitMax,
  type PageRequest,
  pageLimit,
  pagePosition,
  pageQuery,
  pageSchema,
} from '../../../http/paging.ts';
import { closed } from '../../../http/schema-parts.ts';
import { type CursorPosition, encodeCursor } from '../../../lib/cursor.ts';
import { Problem } from '../../../lib/problem.ts';
import { parseSet } from '../../../lib/set-filter.ts';
import { audienceParamsSchema, tags } from '../audience-requests.ts';
import type { AudienceRouteDeps } from '../audience-routes.ts';
import {
  audienceVersionSchema,
  changeFilterQuery,
  changeKinds,
  changesPageSchema,
  versionParamsSchema,
} from './version-schemas.ts';
import { getChanges, getVersion, getVersions } from './version-service.ts';

/** The versions of audiences, of whatever kind, and what each changed. */
export const versionRoutes =
  (deps: Pick<AudienceRouteDeps, 'database' | 'keyring'>): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/service/customerAudiences/:customerAudienceId/versions',
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'listCustomerAudienceVersions',
        summary: 'List the versions of an audience',
        description:
          'Newest first. Each change of the members has made one; how long those are kept that are not the present one is a setting of the institution.',
        tags,
        params: audienceParamsSchema,
        querystring: closed(pageQuery()),
        response: { 200: pageSchema(audienceVersionSchema, 'customerAudienceVersions') },
      },
      handler: async (request) => {
        const { principal } = request;
        const { customerAudienceId } = request.params;
        const cursor = await cursorOf(deps, request);
        const page = { before: cursor.after, limit: pageLimit(request.query) };
        const read = await getVersions(deps, principal, customerAudienceId, page);
        const answer = { ...read, nextStart: cursor.next(read.last) };
        return createPage(request, answer, { publicUrl: app.publicUrl });
      },
    });

    app.route({
      method: 'GET',
      url: '/service/customerAudiences/:customerAudienceId/versions/:version',
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'getCustomerAudienceVersion',
        summary: 'Read a version of an audience',
        tags,
        params: versionParamsSchema,
        response: { 200: audienceVersionSchema, 304: Type.Null({ description: 'Not changed.' }) },
      },
      handler: async (request, reply) => {
        const { body, tag } = await getVersion(deps, request.principal, refOf(request.params));
        reply.header('etag', tag);
        return isNotModified(request, tag) ? reply.code(304).send(null) : body;
      },
    });

    app.route({
      method: 'GET',
      url: '/service/customerAudiences/:customerAudienceId/versions/:version/changes',
      config: { right: 'readMembers' },
      schema: {
        operationId: 'listCustomerAudienceChanges',
        summary: 'Page through who came and who went',
        description:
          'With this version against the one before, also when that one is no longer kept; or from the version `against` to this one. Ids only. `count` is the count of the change; who has left the customer base since is counted in `withheldCount` and never listed.',
        tags,
        params: versionParamsSchema,
        querystring: closed({ ...pageQuery({ limitMax: idPageLimitMax }), ...changeFilterQuery }),
        response: { 200: changesPageSchema },
      },
      handler: async (request) => {
        const { change, against } = request.query;
        const kinds = change === undefined ? changeKinds : parseSet(change, changeKinds, 'change');
        const ref = { ...refOf(request.params), against };
        const cursor = await cursorOf(deps, request);
        const page = { kinds, afterOrdinal: cursor.after, limit: pageLimit(request.query) };
        const read = await getChanges(deps, request.principal, ref, page);
        const body = createPage(request, { ...read, nextStart: cursor.next(read.last) }, { publicUrl: app.publicUrl });
        return { ...body, withheldCount: read.withheldCount };
      },
    });
  };

function refOf(params: { customerAudienceId: string; version: number }) {
  return { audienceId: params.customerAudienceId, version: params.version };
}

/** Cursors of collections that are ordered by one number: where the page begins, and the cursor of the next one. */
async function cursorOf(
  deps: Pick<AudienceRouteDeps, 'keyring'>,
  request: PageRequest & { principal: { institutionId: string } },
): Promise<{ after: number | undefined; next(last: number | undefined): string | undefined }> {
  const { institutionId } = request.principal;
  const key = (await deps.keyring.forInstitution(institutionId)).macKey('cursor');
  return {
    after: numberOf(pagePosition(request, key, institutionId)),
    next: (last) =>
      last === undefined ? undefined : encodeCursor(key, cursorBinding(institutionId, request.url), [last]),
  };
}

function numberOf(position: CursorPosition | undefined): number | undefined {
  if (position === undefined) return undefined;
  const [after] = position;
  if (typeof after === 'number') return after;
  throw new Problem('badRequest', { detail: 'start is not a cursor of this collection. Begin again without start.' });
}

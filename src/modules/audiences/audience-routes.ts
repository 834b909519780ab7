import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import type { Keyring } from '../../crypto/keyring.ts';
import { contextOf, dryRun204, sendOutcome, targetOf } from '../../http/command-request.ts';
import { isNotModified } from '../../http/entity-tag.ts';
import { rangeFilterSchema, setFilterSchema, sortSchema } from '../../http/filter-schemas.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageQuery, pageSchema } from '../../http/paging.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, dryRunQuery, resourceIdSchema } from '../../http/schema-parts.ts';
import { sendReply } from '../../http/send-reply.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { parseRange } from '../../lib/range.ts';
import { parseSet } from '../../lib/set-filter.ts';
import { parseSort } from '../../lib/sort.ts';
import type { AudienceFilter } from './audience-list-store.ts';
import { audienceNameCharactersMax, nameKey } from './audience-name.ts';
import { audienceParamsSchema, tags } from './audience-requests.ts';
import {
  audienceKinds,
  audiencePatchSchema,
  audiencePurposes,
  audienceSchema,
  audienceStates,
  type settableStates,
} from './audience-schemas.ts';
import {
  type AudienceDeps,
  getAudience,
  getAudiences,
  moveAudience,
  patchAudience,
  removeAudience,
} from './audience-service.ts';
import { audienceSortDefault, audienceSortFields, positionOf, sortValuesOf } from './audience-sort.ts';
import { audienceBody, audienceTag } from './audience-view.ts';
import { patchFilteredAudience } from './filtered/filtered-audience-change.ts';
import type { FilteredAudienceDeps } from './filtered/filtered-audience-service.ts';

const stateQuerySchema = closed({ customerAudience: resourceIdSchema, ...dryRunQuery });

const listQuerySchema = closed({
  ...pageQuery(),
  name: Type.Optional(
    Type.String({ maxLength: audienceNameCharactersMax, description: 'Part of the name, whatever its case.' }),
  ),
  kind: Type.Optional(setFilterSchema(audienceKinds, 'What made the audience.')),
  state: Type.Optional(setFilterSchema(audienceStates, 'State.')),
  purpose: Type.Optional(setFilterSchema(audiencePurposes, 'What it is for.')),
  createdAt: Type.Optional(rangeFilterSchema('timestamp', 'When it was made.')),
  customerCount: Type.Optional(rangeFilterSchema('integer', 'How many customers it has.')),
  createdBy: Type.Optional(Type.String({ minLength: 1, maxLength: 48, description: 'Who made it.' })),
  sharedWith: Type.Optional(
    Type.String({ minLength: 1, maxLength: 48, description: 'Whom it is shared with: the id of the principal.' }),
  ),
  sortBy: Type.Optional(sortSchema(audienceSortFields, audienceSortDefault)),
});

export interface AudienceRouteDeps extends AudienceDeps {
  readonly keyring: Keyring;
}

/** Audiences themselves; their members are in `member-routes.ts`, the lists that make them in imports. */
export const audienceRoutes =
  (deps: AudienceRouteDeps & FilteredAudienceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/service/customerAudiences',
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'listCustomerAudiences',
        summary: 'List the audiences',
        description:
          'Your own and those that are shared with you; administrators, approvers and auditors see all of them.',
        tags,
        querystring: listQuerySchema,
        response: { 200: pageSchema(audienceSchema, 'customerAudiences') },
      },
      handler: async (request) => {
        const { principal } = request;
        const key = (await deps.keyring.forInstitution(principal.institutionId)).macKey('cursor');
        const sort = parseSort(request.query.sortBy ?? audienceSortDefault, audienceSortFields);
        const position = pagePosition(request, key, principal.institutionId);
        const { rows, count, last } = await getAudiences(deps, principal, filterOf(request.query), {
          sort,
          after: position === undefined ? undefined : sortValuesOf(position, sort),
          limit: pageLimit(request.query),
        });
        const nextStart =
          last === undefined
            ? undefined
            : encodeCursor(key, cursorBinding(principal.institutionId, request.url), positionOf(last, sort));
        return createPage(request, { items: rows.map(audienceBody), count, nextStart }, { publicUrl: app.publicUrl });
      },
    });

    app.route({
      method: 'GET',
      url: '/service/customerAudiences/:customerAudienceId',
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'getCustomerAudience',
        summary: 'Read an audience',
        tags,
        params: audienceParamsSchema,
        response: { 200: audienceSchema, 304: Type.Null({ description: 'Not changed.' }) },
      },
      handler: async (request, reply) => {
        const found = await getAudience(deps, request.principal, request.params.customerAudienceId);
        const tag = audienceTag(found.audience);
        reply.header('etag', tag);
        if (isNotModified(request, tag)) return reply.code(304).send(null);
        return found.body;
      },
    });

    app.route({
      method: 'PATCH',
      url: '/service/customerAudiences/:customerAudienceId',
      config: { right: 'editAudiences' },
      schema: {
        operationId: 'patchCustomerAudience',
        summary: 'Change name, description, purpose, filters or refresh',
        description:
          'JSON Merge Patch (RFC 7396): `description: null` clears it. `filters` are replaced whole, and the members found anew. Needs `If-Match`.',
        tags,
        params: audienceParamsSchema,
        querystring: closed({ ...dryRunQuery }),
        body: audiencePatchSchema,
        response: {
          200: audienceSchema,
          204: dryRun204,
          ...problemResponses(
            'audienceNameTaken',
            'preconditionFailed',
            'unprocessableEntity',
            'audienceNotEditable',
            'invalidFilters',
            'justificationNeeded',
            'preconditionRequired',
          ),
        },
      },
      handler: async (request, reply) => {
        const target = targetOf(request, request.params.customerAudienceId);
        const context = contextOf(request, 'patchCustomerAudience');
        const { filters, refresh } = request.body;
        const patch = filters === undefined && refresh === undefined ? patchAudience : patchFilteredAudience;
        const outcome = await patch(deps, context, target, request.body);
        return sendOutcome(outcome, request, reply);
      },
    });

    app.route({
      method: 'DELETE',
      url: '/service/customerAudiences/:customerAudienceId',
      config: { right: 'editAudiences' },
      schema: {
        operationId: 'deleteCustomerAudience',
        summary: 'Delete an audience',
        description:
          'With all its versions. No customer is touched; the ledgers of its imports and the audit trail stay. Needs `If-Match`.',
        tags,
        params: audienceParamsSchema,
        querystring: closed({ ...dryRunQuery }),
        response: {
          204: Type.Null({ description: 'Deleted.' }),
          ...problemResponses('audienceInUse', 'preconditionFailed', 'preconditionRequired'),
        },
      },
      handler: async (request, reply) => {
        const target = targetOf(request, request.params.customerAudienceId);
        return sendReply(await removeAudience(deps, contextOf(request, 'deleteCustomerAudience'), target), reply);
      },
    });

    addStateRoute(app, deps, 'archived');
    addStateRoute(app, deps, 'active');
  };

type App = Parameters<FastifyPluginAsyncTypebox>[0];

/** A state is a collection: an audience is put into it by POST (api.md section 1, resource sets). */
function addStateRoute(app: App, deps: AudienceRouteDeps, state: (typeof settableStates)[number]): void {
  const facts = {
    archived: {
      url: '/service/archivedCustomerAudiences',
      operationId: 'archiveCustomerAudience',
      summary: 'Archive an audience',
      description: 'It can still be read; its members cannot be edited, and its name is free for another.',
    },
    active: {
      url: '/service/activeCustomerAudiences',
      operationId: 'activateCustomerAudience',
      summary: 'Activate an archived audience',
      description: 'Refused while another active audience has its name.',
    },
  }[state];
  app.route({
    method: 'POST',
    url: facts.url,
    config: { right: 'editAudiences' },
    schema: {
      operationId: facts.operationId,
      summary: facts.summary,
      description: facts.description,
      tags,
      querystring: stateQuerySchema,
      response: {
        200: audienceSchema,
        204: dryRun204,
        ...problemResponses('notFound', 'conflict', 'audienceNameTaken', 'preconditionFailed'),
      },
    },
    handler: async (request, reply) => {
      const target = targetOf(request, request.query.customerAudience);
      const outcome = await moveAudience(deps, contextOf(request, facts.operationId), target, state);
      return sendOutcome(outcome, request, reply);
    },
  });
}

function filterOf(query: Static<typeof listQuerySchema>): AudienceFilter {
  const { name, kind, state, purpose, createdAt, customerCount, createdBy, sharedWith } = query;
  return {
    nameKeyPart: name === undefined ? undefined : nameKey(name),
    kinds: kind === undefined ? undefined : parseSet(kind, audienceKinds, 'kind'),
    states: state === undefined ? undefined : parseSet(state, audienceStates, 'state'),
    purposes: purpose === undefined ? undefined : parseSet(purpose, audiencePurposes, 'purpose'),
    createdAt: createdAt === undefined ? undefined : parseRange('timestamp', createdAt, 'createdAt'),
    customerCount: customerCount === undefined ? undefined : parseRange('integer', customerCount, 'customerCount'),
    createdBy,
    sharedWith,
  };
}

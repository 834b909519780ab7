import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { entityTag, isNotModified } from '../../http/entity-tag.ts';
import { rangeFilterSchema, setFilterSchema } from '../../http/filter-schemas.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageQuery, pageSchema } from '../../http/paging.ts';
import { closed, dryRunQuery } from '../../http/schema-parts.ts';
import { sendReply } from '../../http/send-reply.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { parseRange } from '../../lib/range.ts';
import { parseSet } from '../../lib/set-filter.ts';
import { eraseCustomer } from './customer-erasure.ts';
import { type CustomerQueryDeps, createCustomerQuery } from './customer-query.ts';
import { revealOf } from './customer-reveal.ts';
import {
  codeMax,
  coreCustomerIdMax,
  customerItemSchema,
  customerParamsSchema,
  customerTypes,
  revealHeadersSchema,
} from './customer-schemas.ts';
import type { CustomerFilter } from './customer-store.ts';

const tags = ['Customers'];

const valueSet = (maxLength: number, description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: maxLength * 20 }), {
    minItems: 1,
    maxItems: 20,
    description: `${description} Several joined by \`|\`, or the parameter repeated.`,
  });

const filterQuery = {
  customerType: Type.Optional(setFilterSchema(customerTypes, 'Kind of customer.')),
  coreCustomerId: Type.Optional(valueSet(coreCustomerIdMax, 'The id in the core system, exactly.')),
  regionCode: Type.Optional(valueSet(codeMax, 'Region, exactly.')),
  postalCode: Type.Optional(valueSet(codeMax, 'Postal code, exactly.')),
  birthYear: Type.Optional(rangeFilterSchema('integer', 'Year of birth.')),
  customerSince: Type.Optional(rangeFilterSchema('date', 'Since when a customer.')),
};

const listQuerySchema = closed({ ...pageQuery(), ...filterQuery });
type ListQuery = { readonly [Name in keyof typeof filterQuery]?: string | string[] | undefined };

/** The customer base: pages, one customer, erasure. */
export const customerRoutes =
  (deps: CustomerQueryDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const query = createCustomerQuery(deps);

    app.route({
      method: 'GET',
      url: '/service/customers',
      config: { right: 'readCustomers' },
      schema: {
        operationId: 'listCustomers',
        summary: 'List the customers',
        description: 'In an order that does not change. Masked unless `Reveal-Reason` is sent with `identity/read`.',
        tags,
        querystring: listQuerySchema,
        headers: revealHeadersSchema,
        response: { 200: pageSchema(customerItemSchema, 'customers') },
      },
      handler: async (request) => {
        const { principal } = request;
        const key = (await deps.keyring.forInstitution(principal.institutionId)).macKey('cursor');
        const position = pagePosition(request, key, principal.institutionId);
        const reveal = revealOf(principal, request.headers['reveal-reason']);
        const limit = pageLimit(request.query);
        const page = await query.listCustomers({ principal, reveal }, filterOf(request.query), {
          afterOrdinal: Number(position?.[0] ?? -1),
          limit,
        });
        const nextStart =
          page.lastOrdinal === undefined
            ? undefined
            : encodeCursor(key, cursorBinding(principal.institutionId, request.url), [page.lastOrdinal]);
        return createPage(request, { ...page, nextStart }, { publicUrl: app.publicUrl });
      },
    });

    app.route({
      method: 'GET',
      url: '/service/customers/:customerId',
      config: { right: 'readCustomers' },
      schema: {
        operationId: 'getCustomer',
        summary: 'Read a customer',
        tags,
        params: customerParamsSchema,
        headers: revealHeadersSchema,
        response: { 200: customerItemSchema, 304: Type.Null({ description: 'Not changed.' }) },
      },
      handler: async (request, reply) => {
        const { principal } = request;
        const reveal = revealOf(principal, request.headers['reveal-reason']);
        const { item, fingerprint } = await query.getCustomer({ principal, reveal }, request.params.customerId);
        const tag = entityTag([item.id, fingerprint, String(reveal.revealed)]);
        reply.header('etag', tag).header('vary', 'Reveal-Reason');
        return isNotModified(request, tag) ? reply.code(304).send(null) : item;
      },
    });

    app.route({
      method: 'DELETE',
      url: '/service/customers/:customerId',
      config: { right: 'loadCustomers' },
      schema: {
        operationId: 'eraseCustomer',
        summary: 'Erase a customer',
        description:
          'At once out of every page of every audience and version; names, contacts and identifiers are destroyed. A customer who returns is in no old audience.',
        tags,
        params: customerParamsSchema,
        querystring: closed({ ...dryRunQuery }),
        response: { 204: Type.Null({ description: 'Erased.' }) },
      },
      handler: async (request, reply) => {
        const context = { principal: request.principal, operation: 'eraseCustomer', dryRun: request.dryRun };
        return sendReply(await eraseCustomer(deps, context, request.params.customerId), reply);
      },
    });
  };

function filterOf(query: ListQuery): CustomerFilter {
  const { customerType, birthYear, customerSince } = query;
  return {
    ...(customerType === undefined ? {} : { customerTypes: parseSet(customerType, customerTypes, 'customerType') }),
    coreCustomerIds: valuesOf(query.coreCustomerId),
    regionCodes: valuesOf(query.regionCode),
    postalCodes: valuesOf(query.postalCode),
    ...(typeof birthYear === 'string' ? { birthYear: parseRange('integer', birthYear, 'birthYear') } : {}),
    ...(typeof customerSince === 'string' ? { customerSince: parseRange('date', customerSince, 'customerSince') } : {}),
  };
}

/** Each value once: the filter is a set. */
function valuesOf(texts: string | readonly string[] | undefined): readonly string[] | undefined {
  if (texts === undefined) return undefined;
  return [...new Set([texts].flat().flatMap((text) => text.split('|')))];
}

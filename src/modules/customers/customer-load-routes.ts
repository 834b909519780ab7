import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type LoadRouteDeps, loadRoutes } from './load-routes.ts';
import { csvFileSchema, customerLoadSchema, loadQuerySchema, ndjsonFileSchema } from './loads/load-schemas.ts';
import type { CustomerLoads } from './loads/load-service.ts';
import { customerLoadResource } from './loads/load-view.ts';

export interface CustomerLoadRouteDeps extends LoadRouteDeps {
  readonly customerLoads: CustomerLoads;
}

/** Loading the customer base, and what became of each load. */
export const customerLoadRoutes = (deps: CustomerLoadRouteDeps): FastifyPluginAsyncTypebox =>
  loadRoutes(deps, {
    resource: customerLoadResource,
    limits: deps.customerLoads.limits,
    load: deps.customerLoads.load,
    tag: 'Customer loads',
    idParameter: 'customerLoadId',
    operationIds: { create: 'createCustomerLoad', list: 'listCustomerLoads', get: 'getCustomerLoad' },
    summary: 'Load the customer base',
    description: 'All of the file becomes visible at once, or nothing. One load of an institution runs at a time.',
    query: loadQuerySchema,
    files: { csv: csvFileSchema, ndjson: ndjsonFileSchema },
    loadSchema: customerLoadSchema,
    pageId: 'customerLoads',
  });

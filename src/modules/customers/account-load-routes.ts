import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  accountCsvSchema,
  accountLoadQuerySchema,
  accountLoadSchema,
  accountNdjsonSchema,
} from './accounts/account-load-schemas.ts';
import { accountLoadResource } from './accounts/account-load-view.ts';
import { type LoadRouteDeps, loadRoutes } from './load-routes.ts';
import type { CustomerLoads } from './loads/load-service.ts';

export interface AccountLoadRouteDeps extends LoadRouteDeps {
  readonly customerLoads: CustomerLoads;
}

/** Loading the customers' accounts, and what became of each load. */
export const accountLoadRoutes = (deps: AccountLoadRouteDeps): FastifyPluginAsyncTypebox =>
  loadRoutes(deps, {
    resource: accountLoadResource,
    limits: deps.customerLoads.limits,
    load: deps.customerLoads.loadAccounts,
    tag: 'Account loads',
    idParameter: 'accountLoadId',
    operationIds: { create: 'createAccountLoad', list: 'listAccountLoads', get: 'getAccountLoad' },
    summary: "Load the customers' accounts",
    description:
      'All of the file becomes visible at once, or nothing. One load of an institution runs at a time, of accounts or of customers. Account ids are kept as keyed tokens only.',
    query: accountLoadQuerySchema,
    files: { csv: accountCsvSchema, ndjson: accountNdjsonSchema },
    loadSchema: accountLoadSchema,
    pageId: 'accountLoads',
  });

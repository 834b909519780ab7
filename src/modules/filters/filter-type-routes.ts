import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database } from '../../db/transaction.ts';
import { setFilterSchema } from '../../http/filter-schemas.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageQuery, pageSchema } from '../../http/paging.ts';
import { closed, resourceIdSchema } from '../../http/schema-parts.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { parseSet } from '../../lib/set-filter.ts';
import { fairLendingKinds } from './fair-lending.ts';
import { filterCategories, filterDataTypes, filterOperators } from './filter-type.ts';
import { createFilterTypeQuery, filterTypeBody, getFilterType } from './filter-type-service.ts';

const tags = ['Filters'];
const bound = Type.Union([Type.Number(), Type.String({ maxLength: 20 })]);

const filterTypeSchema = closed(
  {
    id: resourceIdSchema,
    name: Type.String({ maxLength: 60 }),
    label: Type.String({ maxLength: 200, description: 'For people.' }),
    description: Type.String({ maxLength: 2_000 }),
    category: Type.Enum([...filterCategories]),
    dataType: Type.Enum([...filterDataTypes], {
      description: 'Of the values. `decimal`: an amount with two decimals, as text or number; `date`: `YYYY-MM-DD`.',
    }),
    operators: Type.Array(Type.Enum([...filterOperators]), { maxItems: filterOperators.length }),
    constraints: closed({
      minimum: Type.Optional(bound),
      maximum: Type.Optional(bound),
      choices: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 500 })),
      pattern: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    fairLending: Type.Optional({
      ...closed({ kind: Type.Enum([...fairLendingKinds]), reason: Type.String({ maxLength: 200 }) }),
      description: 'Of a restricted type: audiences for credit that ask about it need an approval.',
    }),
    customerCount: Type.Integer({ minimum: 0, description: 'Customers who have a value.' }),
  },
  { $id: 'analyticFilterType' },
);

/** What filters can ask about. */
export const filterTypeRoutes =
  (deps: { database: Database; keyring: Keyring }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const findTypes = createFilterTypeQuery(deps);

    app.route({
      method: 'GET',
      url: '/service/analyticFilterTypes',
      config: { right: 'readSettings' },
      schema: {
        operationId: 'listAnalyticFilterTypes',
        summary: 'List the filter types',
        description:
          'What new filters can ask about a customer, with the operators and bounds of each, within the settings of the institution.',
        tags,
        querystring: closed({
          ...pageQuery(),
          category: Type.Optional(setFilterSchema(filterCategories, 'What they are about.')),
        }),
        response: { 200: pageSchema(filterTypeSchema, 'analyticFilterTypes') },
      },
      handler: async (request) => {
        const { institutionId } = request.principal;
        const key = (await deps.keyring.forInstitution(institutionId)).macKey('cursor');
        const { category } = request.query;
        const categories = category === undefined ? filterCategories : parseSet(category, filterCategories, 'category');
        const types = (await findTypes(institutionId)).filter((type) => categories.includes(type.category));
        const [last] = pagePosition(request, key, institutionId) ?? [];
        const from = types.findIndex((type) => type.id === last) + 1;
        const items = types.slice(from, from + pageLimit(request.query));
        const end = items.at(-1)?.id;
        const isLast = end === undefined || end === types.at(-1)?.id;
        const nextStart = isLast ? undefined : encodeCursor(key, cursorBinding(institutionId, request.url), [end]);
        return createPage(
          request,
          { items: items.map(filterTypeBody), count: types.length, nextStart },
          { publicUrl: app.publicUrl },
        );
      },
    });

    app.route({
      method: 'GET',
      url: '/service/analyticFilterTypes/:analyticFilterTypeId',
      config: { right: 'readSettings' },
      schema: {
        operationId: 'getAnalyticFilterType',
        summary: 'Read a filter type',
        tags,
        params: closed({ analyticFilterTypeId: resourceIdSchema }),
        response: { 200: filterTypeSchema },
      },
      handler: async (request) =>
        filterTypeBody(
          await getFilterType(findTypes, request.principal.institutionId, request.params.analyticFilterTypeId),
        ),
    });
  };

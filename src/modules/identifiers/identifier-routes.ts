import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database } from '../../db/transaction.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageQuerySchema, pageSchema } from '../../http/paging.ts';
import { closed } from '../../http/schema-parts.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { refusalReasons } from '../../lib/list-text/canonical.ts';
import { createIdentifierTypeQuery } from './identifier-service.ts';
import { identifierTypeNames } from './identifier-types.ts';

const text = Type.String({ maxLength: 200 });

const identifierTypeSchema = closed(
  {
    name: Type.Enum([...identifierTypeNames]),
    description: text,
    normalization: Type.Array(text, { maxItems: 10, description: 'From a cell to the canonical form, step by step.' }),
    pattern: Type.String({ maxLength: 200, description: 'Of the canonical form.' }),
    refusals: Type.Array(Type.Enum([...refusalReasons]), {
      maxItems: 10,
      description: 'Why a value is invalid; the first that applies.',
    }),
    examples: Type.Array(text, { maxItems: 10, description: 'Invented.' }),
    customerCount: Type.Integer({ minimum: 0, description: 'Customers that have one.' }),
  },
  { $id: 'identifierType' },
);

export const identifierRoutes =
  (deps: { database: Database; keyring: Keyring }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const findTypes = createIdentifierTypeQuery(deps);
    app.get(
      '/service/identifierTypes',
      {
        config: { right: 'readSettings' },
        schema: {
          operationId: 'listIdentifierTypes',
          tags: ['Identifiers'],
          summary: 'List the types of identifying values',
          querystring: pageQuerySchema,
          response: { 200: pageSchema(identifierTypeSchema, 'identifierTypes') },
        },
      },
      async (request) => {
        const { institutionId } = request.principal;
        const key = (await deps.keyring.forInstitution(institutionId)).macKey('cursor');
        const types = await findTypes(institutionId);
        const [last] = pagePosition(request, key, institutionId) ?? [];
        const from = types.findIndex((type) => type.name === last) + 1;
        const items = types.slice(from, from + pageLimit(request.query)).map((type) => ({
          ...type,
          normalization: [...type.normalization],
          refusals: [...type.refusals],
          examples: [...type.examples],
        }));
        const end = items.at(-1)?.name;
        const nextStart =
          end === undefined || end === types.at(-1)?.name
            ? undefined
            : encodeCursor(key, cursorBinding(institutionId, request.url), [end]);
        return createPage(request, { items, count: types.length, nextStart }, { publicUrl: app.publicUrl });
      },
    );
  };

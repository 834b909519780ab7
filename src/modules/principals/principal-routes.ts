import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database } from '../../db/transaction.ts';
import { setFilterSchema, sortSchema } from '../../http/filter-schemas.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageQuery, pageSchema } from '../../http/paging.ts';
import { closed } from '../../http/schema-parts.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { nameKey } from '../../lib/name-key.ts';
import { Problem } from '../../lib/problem.ts';
import { parseSet } from '../../lib/set-filter.ts';
import { parseSort } from '../../lib/sort.ts';
import { nameSortValue, sortPosition, sortValues } from '../../lib/sort-position.ts';
import { principalKinds, principalNameCharactersMax, principalSchema, principalStates } from './principal-schemas.ts';
import { getPrincipals } from './principal-service.ts';
import type { PrincipalFilter } from './principal-store.ts';

const sortFields = ['name'] as const;
const sortDefault = 'name';
/** With their separators they fit into an address; a table shows no more at once. */
const idsMax = 100;
const idsCharactersMax = 5_000;

const listQuerySchema = closed({
  ...pageQuery(),
  id: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: idsCharactersMax }), {
      minItems: 1,
      maxItems: idsMax,
      description: `Their ids, at most ${idsMax}, joined by \`|\`, or the parameter repeated. Ids of nobody who is known here are passed over.`,
    }),
  ),
  kind: Type.Optional(setFilterSchema(principalKinds, 'What they are.')),
  state: Type.Optional(
    setFilterSchema(principalStates, '`active` = may act for the institution now. `disabled` = may not at present.'),
  ),
  name: Type.Optional(
    Type.String({ maxLength: principalNameCharactersMax, description: 'Part of the name, whatever its case.' }),
  ),
  sortBy: Type.Optional(sortSchema(sortFields, sortDefault)),
});

/** Whose name stands beside what they made, and with whom an audience can be shared. */
export const principalRoutes =
  (deps: { database: Database; keyring: Keyring }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/service/principals',
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'listPrincipals',
        summary: 'List people and applications by name',
        description:
          'Those whom the institution manages, and those of others who may act for it, disabled ones too: ids and names, for `createdBy` and for sharing. Who was erased, and people of an external issuer, are not here: of them only the id is known.',
        tags: ['People'],
        querystring: listQuerySchema,
        response: { 200: pageSchema(principalSchema, 'principals') },
      },
      handler: async (request) => {
        const { institutionId } = request.principal;
        const key = (await deps.keyring.forInstitution(institutionId)).macKey('cursor');
        const sort = parseSort(request.query.sortBy ?? sortDefault, sortFields);
        const position = pagePosition(request, key, institutionId);
        const { rows, count, last } = await getPrincipals(deps, request.principal, filterOf(request.query), {
          sort,
          after: position === undefined ? undefined : sortValues(position, sort, { name: 'name', id: 'id' }),
          limit: pageLimit(request.query),
        });
        const nextStart =
          last === undefined
            ? undefined
            : encodeCursor(
                key,
                cursorBinding(institutionId, request.url),
                sortPosition(sort, { name: nameSortValue(last.name_key), id: last.id }),
              );
        const items = rows.map(({ id, kind, name }) => ({ id, kind, name }));
        return createPage(request, { items, count, nextStart }, { publicUrl: app.publicUrl });
      },
    });
  };

function filterOf({ id, kind, state, name }: Static<typeof listQuerySchema>): PrincipalFilter {
  return {
    ids: id === undefined ? undefined : parseIds(id),
    kinds: kind === undefined ? undefined : parseSet(kind, principalKinds, 'kind'),
    states: state === undefined ? undefined : parseSet(state, principalStates, 'state'),
    nameKeyPart: name === undefined ? undefined : nameKey(name),
  };
}

/** Ids of any form: another issuer's are in no table of ours, and so of nobody. */
function parseIds(texts: readonly string[]): readonly string[] {
  const ids = [...new Set(texts.flatMap((text) => text.split('|')))];
  if (ids.length > idsMax) throw new Problem('badRequest', { detail: `id may name ${idsMax} at most.` });
  return ids;
}

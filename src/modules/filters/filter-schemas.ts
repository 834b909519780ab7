import { type Static, Type } from 'typebox';
import type { StoredFilter } from '../../db/tables.ts';
import { closed, resourceIdSchema } from '../../http/schema-parts.ts';
import { filterOperators } from './filter-type.ts';

export const filterSchemaId = 'customerAudienceFilter';
/** Values of one filter; more are one question too many (422). The schema's bound only keeps the body finite. */
export const filterValuesMax = 5_000;
const schemaValuesMax = 100_000;
export const filterTextMax = 200;
export const filterLeavesMax = 100;
/** Groups within groups. */
export const filterDepthMax = 5;
const groupMax = 1_000;

/** A filter, or a group of them. Which members belong together is checked by `filter-check.ts`: 422 with a pointer. */
export type FilterBody = StoredFilter;

/** The schema refers to itself, which types cannot; it is registered with the application (`app.addSchema`). */
const nested = Type.Unsafe<FilterBody>({ $ref: `${filterSchemaId}#` });

export const filterSchema = closed(
  {
    filterType: Type.Optional(
      closed({
        id: Type.Optional(resourceIdSchema),
        name: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
      }),
    ),
    operator: Type.Optional(Type.Enum([...filterOperators])),
    values: Type.Optional(
      Type.Array(
        Type.Union([
          Type.String({ maxLength: filterTextMax }),
          Type.Number({ minimum: -Number.MAX_VALUE, maximum: Number.MAX_VALUE }),
          Type.Boolean(),
        ]),
        {
          maxItems: schemaValuesMax,
          description: `What the operator compares with: none, one, two (\`between\`) or up to ${filterValuesMax} (\`in\`).`,
        },
      ),
    ),
    ordinal: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description: 'The place in the order; its place in the array unless given.',
      }),
    ),
    includeMissingValues: Type.Optional(
      Type.Boolean({ description: 'Whether customers without a value match too. Default false.' }),
    ),
    anyOf: Type.Optional(Type.Array(nested, { minItems: 1, maxItems: groupMax, description: 'One of these holds.' })),
    allOf: Type.Optional(Type.Array(nested, { minItems: 1, maxItems: groupMax, description: 'All of these hold.' })),
    not: Type.Optional(nested),
  },
  { $id: filterSchemaId },
);

/** An array of filters: all of them must hold, in the order of their ordinals. */
export const filtersSchema = Type.Array(nested, { maxItems: groupMax, description: 'All of them must hold.' });

export type Filters = Static<typeof filtersSchema>;

export const audienceRefreshSchema = Type.Enum(['manual', 'daily', 'onCustomerLoad'], {
  description: 'When the filters are asked again: on demand, every day, or after each load. Of filtered audiences.',
});

import { type Static, type TSchema, Type } from 'typebox';
import { rangeFilterSchema, setFilterSchema } from '../../../http/filter-schemas.ts';
import { pageQuery } from '../../../http/paging.ts';
import { closed, dryRunQuery, resourceIdSchema, timestampSchema } from '../../../http/schema-parts.ts';
import { customerShape, loadFields } from './load-fields.ts';
import { recordNumbersMax } from './load-limits.ts';
import { columnNames } from './row-shape.ts';

export const loadModes = ['upsert', 'replace'] as const;
export const loadStates = ['receiving', 'publishing', 'completed', 'rejected', 'failed', 'preview'] as const;

const count = Type.Integer({ minimum: 0 });
const recordNumbers = Type.Array(Type.Integer({ minimum: 1 }), {
  maxItems: recordNumbersMax,
  description: '1-based line numbers, the first hundred.',
});
const more = Type.Boolean({ description: 'Whether there are others.' });
const reason = Type.String({ maxLength: 40 });

/**
 * The query of a load.
 *
 * @param absent whom or what a `replace` removes, e.g. `the customers whom the file does not name`
 */
export function loadQuery(absent: string) {
  return closed({
    mode: Type.Enum([...loadModes], {
      description: `\`upsert\` inserts and updates; \`replace\` also removes ${absent}.`,
    }),
    confirmRemovals: Type.Optional(
      Type.Boolean({ default: false, description: 'Let a `replace` remove more than 10 % of the base.' }),
    ),
    ignoreColumns: Type.Optional(
      Type.String({
        maxLength: 4_000,
        description: 'Columns (CSV) or members (NDJSON) to pass over, separated by commas.',
      }),
    ),
    ...dryRunQuery,
  });
}

export const loadQuerySchema = loadQuery('the customers whom the file does not name');

export type LoadQuery = Static<typeof loadQuerySchema>;

export const loadListQuerySchema = closed({
  ...pageQuery(),
  state: Type.Optional(setFilterSchema(loadStates, 'State of the load.')),
  mode: Type.Optional(setFilterSchema(loadModes, 'Mode of the load.')),
  createdAt: Type.Optional(rangeFilterSchema('timestamp', 'When it began.')),
});

export const loadProblemSchema = Type.Object(
  {
    type: Type.String({ maxLength: 60 }),
    title: Type.String({ maxLength: 120 }),
    detail: Type.Optional(Type.String({ maxLength: 256 })),
    attributes: Type.Optional(Type.Object({}, { additionalProperties: true })),
  },
  { description: 'Why a rejected or failed load changed nothing.' },
);

/**
 * What the schemas of loads of every kind have in common.
 *
 * @param field the names of fields whose cells may be refused
 * @param words.sum what the lines are the sum of
 * @param words.removed what a `replace` has removed
 */
export function loadProperties<Field extends TSchema>(field: Field, words: { sum: string; removed: string }) {
  return {
    id: resourceIdSchema,
    mode: Type.Enum([...loadModes]),
    state: Type.Enum([...loadStates], {
      description:
        '`receiving` and `publishing` run. `completed`: all of it is visible. `rejected`, `failed`: nothing has changed. `preview`: a dry run.',
    }),
    lineCount: Type.Integer({
      minimum: 0,
      description: `Rows of the file: the sum of ${words.sum}. Header and blank lines are none. While it is received, the rows so far.`,
    }),
    insertedCount: count,
    updatedCount: count,
    unchangedCount: count,
    invalidCount: Type.Integer({ minimum: 0, description: 'Rows that were refused.' }),
    removedCount: Type.Integer({ minimum: 0, description: words.removed }),
    invalidReasons: Type.Array(closed({ reason, count, recordNumbers, more }), {
      maxItems: 20,
      description: 'Why rows were refused, and which.',
    }),
    invalidCells: Type.Array(closed({ field, reason, count, recordNumbers, more }), {
      maxItems: 1_000,
      description: 'Cells that were not taken. Their rows stand, without that value: it is not stored and not matched.',
    }),
    customerVersion: Type.Optional(Type.Integer({ minimum: 0, description: 'The version of the base afterwards.' })),
    problem: Type.Optional(loadProblemSchema),
    createdAt: timestampSchema,
    createdBy: Type.String({ maxLength: 48 }),
    finishedAt: Type.Optional(timestampSchema),
  };
}

const fieldName = Type.String({
  maxLength: 40,
  description: 'A column of ours, or an attribute of the institution.',
  examples: [...loadFields],
});

const common = loadProperties(fieldName, {
  sum: 'inserted, updated, unchanged, returned and invalid',
  removed: 'Customers whom a `replace` did not name.',
});

export const customerLoadSchema = Type.Object(
  {
    ...common,
    returnedCount: Type.Integer({
      minimum: 0,
      description: 'Had left the base and are back; they are in no old audience.',
    }),
  },
  { $id: 'customerLoad', additionalProperties: false },
);

export type CustomerLoad = Static<typeof customerLoadSchema>;

export const csvFileSchema = Type.String({
  description: `CSV in UTF-8 (RFC 4180) with a header of ${columnNames(customerShape([])).join(', ')}; besides, the attributes that the institution has defined, by their names. Accounts are separated by a pipe. An absent column keeps what is stored, an empty cell clears it.`,
});
export const ndjsonFileSchema = Type.String({
  description:
    'One JSON object a line with the same names; `accountNumbers` is an array. An absent member keeps what is stored, `null` clears it.',
});

import { type Static, Type } from 'typebox';
import { closed, resourceIdSchema, timestampSchema } from '../../../http/schema-parts.ts';
import { filterLeavesMax } from '../../filters/index.ts';

export const explanationParamsSchema = closed({ customerAudienceId: resourceIdSchema, customerId: resourceIdSchema });

const outcomeSchema = Type.Enum(['true', 'false', 'missing'], {
  description: '`missing`: the customer has no value that would decide it.',
});

const leafSchema = closed({
  pointer: Type.String({
    maxLength: 120,
    description: "JSON pointer into the audience's `filters`: where this one stands, alone or in groups.",
    examples: ['/filters/1/not/anyOf/0'],
  }),
  filterType: closed({ id: resourceIdSchema, name: Type.String({ maxLength: 60, examples: ['customerAge'] }) }),
  outcome: { ...outcomeSchema, description: 'As it stands there, without a `not` around it.' },
  valueClass: Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        "The class of the customer's own value: a band of numbers, five years of a date, a choice, the beginning of a text. Absent without a value.",
      examples: ['35-44'],
    }),
  ),
});

export const explanationSchema = closed(
  {
    id: { ...resourceIdSchema, description: 'The customer.' },
    member: Type.Boolean({ description: 'Whether the present version has this customer.' }),
    version: Type.Integer({ minimum: 1, description: 'The present version of the audience.' }),
    sinceVersion: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Of a member: the version with which they came and since which they have not left. It may be no longer kept.',
      }),
    ),
    sinceAt: Type.Optional({ ...timestampSchema, description: 'When that version was made.' }),
    import: Type.Optional({
      ...resourceIdSchema,
      description: 'The import of the list that brought them. Absent also when you may not see that import.',
    }),
    recordNumber: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 0xffff_ffff, description: 'The first line of that list that names them.' }),
    ),
    leftVersion: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Of somebody who is no member: the version with which they left last, as far back as versions are kept.',
      }),
    ),
    leftAt: Type.Optional({ ...timestampSchema, description: 'When that version was made.' }),
    filters: Type.Optional(
      Type.Array(
        closed({
          ordinal: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "The filter's place in the order." }),
          outcome: outcomeSchema,
          leaves: Type.Array(leafSchema, { maxItems: filterLeavesMax, description: 'The single filters in it.' }),
        }),
        {
          maxItems: 1_000,
          description:
            'Of an audience that filters make: what each of them says of the customer now. All true = selected.',
        },
      ),
    ),
  },
  { $id: 'customerAudienceExplanation' },
);

export type CustomerAudienceExplanation = Static<typeof explanationSchema>;

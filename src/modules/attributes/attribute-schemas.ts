import { type Static, Type } from 'typebox';
import { closed, markdownSchema, resourceIdSchema, timestampSchema } from '../../http/schema-parts.ts';
import { attributeTextMax } from '../customers/index.ts';
import { attributeNamePattern } from './attribute-names.ts';

export const attributesMax = 100;
export const dataTypes = ['string', 'integer', 'decimal', 'date', 'boolean', 'enumeration'] as const;

const choicesMax = 500;
const choiceCharactersMax = 100;

const bound = (words: string) =>
  Type.Union(
    [
      Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
      Type.String({ minLength: 1, maxLength: 17 }),
    ],
    {
      description: `${words}, inclusive: of an integer a JSON number; of a decimal ("-12.50") and a date ("2026-01-31") a string.`,
    },
  );

const constraints = {
  minimum: bound('The least value'),
  maximum: bound('The greatest value'),
  maxLength: Type.Integer({
    minimum: 1,
    maximum: attributeTextMax,
    description: `Characters of a string at most; default ${attributeTextMax}.`,
  }),
  choices: Type.Array(
    Type.String({ minLength: 1, maxLength: choiceCharactersMax, pattern: '^[^\\u0000-\\u001F\\u007F-\\u009F]*$' }),
    { minItems: 1, maxItems: choicesMax, description: 'The values of an enumeration, exactly.' },
  ),
};

export const attributeFairLendingKinds = ['prohibitedBasis', 'proxy'] as const;

const fairLending = Type.Enum([...attributeFairLendingKinds], {
  description:
    'Set it where the attribute is a prohibited basis of credit (sex, marital status, religion, ...) or stands for one: then audiences for credit that ask about it need an approval.',
});

const label = Type.String({ minLength: 1, maxLength: 80, description: 'How people call it.' });
const description = markdownSchema({
  maxLength: 4_000,
  description: 'Markdown (CommonMark); raw HTML is not rendered.',
});

const constraintsSchema = closed({
  minimum: Type.Optional(constraints.minimum),
  maximum: Type.Optional(constraints.maximum),
  maxLength: Type.Optional(constraints.maxLength),
  choices: Type.Optional(constraints.choices),
});

/** RFC 7396: a constraint that is null goes. */
const constraintsPatchSchema = closed({
  minimum: Type.Optional(Type.Union([constraints.minimum, Type.Null()])),
  maximum: Type.Optional(Type.Union([constraints.maximum, Type.Null()])),
  maxLength: Type.Optional(Type.Union([constraints.maxLength, Type.Null()])),
  choices: Type.Optional(Type.Union([constraints.choices, Type.Null()])),
});

const definition = {
  name: Type.String({
    minLength: 2,
    maxLength: 40,
    pattern: attributeNamePattern,
    description:
      'The column of a customer load and the type of a filter. Unique in the institution, and none of our own names; it cannot be changed.',
    examples: ['relationshipTier'],
  }),
  label: Type.Optional(label),
  description: Type.Optional(description),
  fairLending: Type.Optional(fairLending),
  dataType: Type.Enum([...dataTypes], {
    description:
      '`integer` within 2^53; `decimal` with up to 13 digits and up to two decimals; `date` YYYY-MM-DD; `enumeration` one of `choices`. It cannot be changed.',
  }),
};

export const attributeSchema = closed(
  {
    id: resourceIdSchema,
    ...definition,
    constraints: constraintsSchema,
    createdAt: timestampSchema,
    createdBy: Type.String({ maxLength: 48, description: 'Who made it: the id of the principal.' }),
    updatedAt: timestampSchema,
  },
  { $id: 'customerAttribute' },
);

export type CustomerAttribute = Static<typeof attributeSchema>;

export const newAttributeSchema = closed(
  { ...definition, constraints: Type.Optional(constraintsSchema) },
  { $id: 'newCustomerAttribute' },
);

export type NewAttribute = Static<typeof newAttributeSchema>;

/** RFC 7396: absent = keep, null = clear. */
export const attributePatchSchema = closed(
  {
    label: Type.Optional(Type.Union([label, Type.Null()])),
    description: Type.Optional(Type.Union([description, Type.Null()])),
    fairLending: Type.Optional(Type.Union([fairLending, Type.Null()])),
    constraints: Type.Optional(Type.Union([constraintsPatchSchema, Type.Null()])),
  },
  { $id: 'customerAttributePatch' },
);

export type AttributePatch = Static<typeof attributePatchSchema>;

export const attributeParamsSchema = closed({ customerAttributeId: resourceIdSchema });

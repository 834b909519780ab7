import { type Static, Type } from 'typebox';
import { setFilterSchema } from '../../http/filter-schemas.ts';
import { pageQuery } from '../../http/paging.ts';
import { closed, dryRunQuery, resourceIdSchema, timestampSchema } from '../../http/schema-parts.ts';
import { indexedTypes } from '../customers/index.ts';

export const rotationKinds = ['data', 'index'] as const;
export const rotationStates = ['running', 'completed', 'failed'] as const;

const kindSchema = Type.Enum([...rotationKinds], {
  description: '`data`: the key that seals customers. `index`: the key that lists of a type are matched with.',
});
const identifierTypeSchema = Type.Enum([...indexedTypes], { description: 'Of an index key.' });
const count = Type.Integer({ minimum: 0 });
const generationSchema = Type.Integer({ minimum: 1, maximum: 32_767, description: 'Counted from 1.' });

export const newRotationSchema = closed({ kind: kindSchema, identifierType: Type.Optional(identifierTypeSchema) });
export type NewRotation = Static<typeof newRotationSchema>;

export const newRotationQuerySchema = closed({ ...dryRunQuery });
export const rotationParamsSchema = closed({ keyRotationId: resourceIdSchema });

export const rotationListQuerySchema = closed({
  ...pageQuery(),
  kind: Type.Optional(setFilterSchema(rotationKinds, 'Kind of key.')),
  state: Type.Optional(setFilterSchema(rotationStates, 'State of the rotation.')),
});

export const rotationSchema = Type.Object(
  {
    id: resourceIdSchema,
    kind: kindSchema,
    identifierType: Type.Optional(identifierTypeSchema),
    state: Type.Enum([...rotationStates], {
      description:
        '`running`: old and new key are read. `completed`: nothing is left under the old key. `failed`: the old key stays in use beside the new one; start another to go on.',
    }),
    generation: Type.Optional(generationSchema),
    doneCount: Type.Integer({ minimum: 0, description: 'Customers that have been made anew.' }),
    totalCount: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Customers that had to be when it began. Absent until it has begun.' }),
    ),
    failure: Type.Optional(
      Type.Enum(['unreadable', 'unexpected'], {
        description:
          '`unreadable`: customers whose envelopes do not open, or do not hold what the index has. Restore them from a backup, or erase them and load them again.',
      }),
    ),
    leftCount: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Customers that are left under the old key, when it is known.' }),
    ),
    createdAt: timestampSchema,
    createdBy: Type.String({ maxLength: 48 }),
    finishedAt: Type.Optional(timestampSchema),
  },
  { $id: 'keyRotation', additionalProperties: false },
);
export type KeyRotation = Static<typeof rotationSchema>;

export const keysSchema = Type.Object(
  {
    items: Type.Array(
      closed({
        kind: kindSchema,
        identifierType: Type.Optional(identifierTypeSchema),
        generation: generationSchema,
        state: Type.Enum(['active', 'retired'], {
          description: '`retired`: it opens what was read before the end of a rotation, for a day.',
        }),
        createdAt: timestampSchema,
        retiredAt: Type.Optional(timestampSchema),
        sealCount: Type.Optional(
          Type.Integer({ minimum: 0, description: 'Of a data key: about how many envelopes it has sealed.' }),
        ),
        rotationDue: Type.Optional(
          Type.Boolean({
            description:
              'It has sealed so much that it should be rotated: from 2^30 envelopes on; 2^32 is the limit of NIST SP 800-38D section 8.3.',
          }),
        ),
      }),
      { maxItems: 1_000 },
    ),
    count,
  },
  { $id: 'keys', additionalProperties: false },
);
export type KeyList = Static<typeof keysSchema>;

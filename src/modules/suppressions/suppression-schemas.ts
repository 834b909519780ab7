import { type Static, Type } from 'typebox';
import { closed, markdownSchema, resourceIdSchema, timestampSchema } from '../../http/schema-parts.ts';
import {
  audienceDescriptionCharactersMax,
  audienceNameCharactersMax,
  suppressionChannels,
} from '../audiences/index.ts';

/** Each is looked at by every page that leaves members out. */
export const suppressionsMax = 100;

export const suppressionStates = ['active', 'expired'] as const;

const name = Type.String({
  minLength: 1,
  maxLength: audienceNameCharactersMax,
  description: 'For people; not unique.',
  examples: ['Do not call 2026'],
});
const description = markdownSchema({
  maxLength: audienceDescriptionCharactersMax,
  description: 'Markdown (CommonMark); raw HTML is not rendered.',
});
const expiresOn = Type.String({
  format: 'date',
  maxLength: 10,
  description: 'It holds to the end of this day in UTC. Absent = until it is deleted.',
  examples: ['2026-12-31'],
});

/** What every new suppression says, to be spread beside what names its customers. */
export const newSuppressionProperties = {
  name,
  description: Type.Optional(description),
  channel: Type.Enum([...suppressionChannels], {
    description: 'The channel that it holds customers back from; `any` = from every channel. It cannot be changed.',
  }),
  expiresOn: Type.Optional(expiresOn),
};

const newSuppressionSchema = closed(newSuppressionProperties);
export type NewSuppression = Static<typeof newSuppressionSchema>;

/** A suppression that follows an audience. */
export const audienceSuppressionSchema = closed(
  {
    ...newSuppressionProperties,
    customerAudience: {
      ...resourceIdSchema,
      description: 'The audience whose present members it holds back, today and later.',
    },
  },
  { $id: 'newAudienceSuppression' },
);

export type AudienceSuppression = Static<typeof audienceSuppressionSchema>;

/** The properties of a suppression, to be spread where an answer says more (`import`). */
export const suppressionProperties = {
  id: resourceIdSchema,
  ...newSuppressionProperties,
  state: Type.Enum([...suppressionStates], { description: 'By `expiresOn` and the clock.' }),
  source: Type.Enum(['list', 'audience'], { description: 'What names its customers.' }),
  importId: Type.Optional({ ...resourceIdSchema, description: 'The import of its list.' }),
  customerAudience: Type.Optional({
    ...resourceIdSchema,
    description: 'The audience that it follows. Absent also when you may not see that one.',
  }),
  customerCount: Type.Integer({
    minimum: 0,
    description: 'Customers whom it names now. Who has left the customer base is not counted.',
  }),
  createdAt: timestampSchema,
  createdBy: Type.String({ maxLength: 48, description: 'Who made it: the id of the principal.' }),
  updatedAt: timestampSchema,
};

export const suppressionSchema = closed(suppressionProperties, { $id: 'suppression' });

export type Suppression = Static<typeof suppressionSchema>;

/** RFC 7396: absent = keep, null = clear. `name: null` is well formed and cannot be done: 422. */
export const suppressionPatchSchema = closed(
  {
    name: Type.Optional(Type.Union([name, Type.Null()])),
    description: Type.Optional(Type.Union([description, Type.Null()])),
    expiresOn: Type.Optional(Type.Union([expiresOn, Type.Null()])),
  },
  { $id: 'suppressionPatch' },
);

export type SuppressionPatch = Static<typeof suppressionPatchSchema>;

export const suppressionParamsSchema = closed({ suppressionId: resourceIdSchema });

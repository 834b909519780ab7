import { type Static, Type } from 'typebox';
import { closed, markdownSchema, resourceIdSchema, timestampSchema } from '../../http/schema-parts.ts';
import { audienceRefreshSchema, filtersSchema } from '../filters/index.ts';
import { identifierTypeNames } from '../identifiers/index.ts';
import { audienceDescriptionCharactersMax, audienceNameCharactersMax } from './audience-name.ts';

export const audienceKinds = ['imported', 'filtered', 'combined'] as const;
/** The states into which somebody puts an audience. */
export const settableStates = ['active', 'archived'] as const;
/** Besides them: active, for credit, and not approved yet. */
export const audienceStates = [...settableStates, 'pendingApproval'] as const;
export const audiencePurposes = ['servicing', 'marketing', 'credit', 'research'] as const;

export const audiencePurposeSchema = Type.Enum([...audiencePurposes], {
  description:
    'What it is for; default `marketing`. An audience for `credit` whose filters stand on a prohibited basis or a usual proxy needs a justification and an approval. It stays for credit.',
});

export const justificationSchema = Type.String({
  minLength: 20,
  maxLength: 2_000,
  description: 'Why an audience for credit stands on types that fair lending restricts. It goes into the audit trail.',
});

const approvalSchema = {
  ...closed({
    filterTypes: Type.Array(Type.String({ maxLength: 60 }), {
      maxItems: 200,
      description: 'The restricted types, also by way of other audiences.',
    }),
    justification: Type.Optional(justificationSchema),
    requestedAt: timestampSchema,
    requestedBy: Type.Array(Type.String({ maxLength: 48 }), {
      description: 'Who has written filters or justification since the last approval; none of them may approve.',
    }),
    approvedAt: Type.Optional(timestampSchema),
    approvedBy: Type.Optional(Type.String({ maxLength: 48 })),
  }),
  description: 'Of an audience that needs one. Not in lists of audiences.',
};

export const audienceNameSchema = Type.String({
  minLength: 1,
  maxLength: audienceNameCharactersMax,
  description: 'Unique among the active audiences of the institution, whatever the case and the spaces.',
  examples: ['New Customers Ages 35-49'],
});

export const audienceDescriptionSchema = markdownSchema({
  maxLength: audienceDescriptionCharactersMax,
  description: 'Markdown (CommonMark); raw HTML is not rendered.',
});

/** The properties of an audience, to be spread where an answer says more (`import`, `addedCount`). */
export const audienceProperties = {
  id: resourceIdSchema,
  name: audienceNameSchema,
  description: Type.Optional(audienceDescriptionSchema),
  kind: Type.Enum([...audienceKinds], { description: 'What made it: a list, criteria, or other audiences.' }),
  state: Type.Enum([...audienceStates], {
    description:
      'Changed by POST to the collection of that state. `pendingApproval`: active, but nobody is told its members yet.',
  }),
  purpose: audiencePurposeSchema,
  approval: Type.Optional(approvalSchema),
  identifierType: Type.Optional(
    Type.Enum([...identifierTypeNames], { description: 'What the values of the list were. Of imported audiences.' }),
  ),
  fileName: Type.Optional(Type.String({ maxLength: 255, description: 'The list it was made from, as named then.' })),
  filters: Type.Optional(filtersSchema),
  refresh: Type.Optional(audienceRefreshSchema),
  refreshedAt: Type.Optional({ ...timestampSchema, description: 'When its filters were last asked.' }),
  refreshProblem: Type.Optional(
    Type.String({ maxLength: 60, description: 'Why the last try to ask its filters failed: the name of a problem.' }),
  ),
  copyOf: Type.Optional({
    ...resourceIdSchema,
    description: 'The audience that it is a copy of. Absent also when you may not see that one.',
  }),
  customerCount: Type.Integer({ minimum: 0, description: 'Distinct customers in the present version.' }),
  version: Type.Integer({ minimum: 1, description: 'Counts the changes of the members.' }),
  createdAt: timestampSchema,
  updatedAt: timestampSchema,
  createdBy: Type.String({ maxLength: 48, description: 'Who made it: the id of the principal.' }),
  customerVersion: Type.Integer({
    minimum: 0,
    description: 'The state of the customer base that the members were last matched against.',
  }),
};

export const audienceSchemaId = 'customerAudience';

export const audienceSchema = closed(audienceProperties, { $id: audienceSchemaId });

export type CustomerAudience = Static<typeof audienceSchema>;

/** RFC 7396: absent = keep, null = clear. `name: null` is well formed and cannot be done: 422. */
export const audiencePatchSchema = closed(
  {
    name: Type.Optional(Type.Union([audienceNameSchema, Type.Null()])),
    description: Type.Optional(Type.Union([audienceDescriptionSchema, Type.Null()])),
    purpose: Type.Optional(audiencePurposeSchema),
    justification: Type.Optional(justificationSchema),
    filters: Type.Optional(Type.Union([filtersSchema, Type.Null()])),
    refresh: Type.Optional(Type.Union([audienceRefreshSchema, Type.Null()])),
  },
  { $id: 'customerAudiencePatch' },
);

export type AudiencePatch = Static<typeof audiencePatchSchema>;

/** Stands beside the properties of a page of members. */
export const withheldCountSchema = Type.Integer({
  minimum: 0,
  description: 'Members of this version who have left the customer base since. They are counted, never listed.',
});

/** Stands in a page of members that was asked for by `channel`. */
export const heldBackCountSchema = Type.Integer({
  minimum: 0,
  description: 'Members of this version who are in the base and left out by suppressions. With `channel` only.',
});

/** Stands in a page of members that was asked for by `version` or `asOf`. */
export const walkedVersionSchema = Type.Integer({
  minimum: 1,
  description: 'The version that this walk sees. With `version` or `asOf` only.',
});

import { type Static, Type } from 'typebox';
import { closed, resourceIdSchema, timestampSchema } from '../../../http/schema-parts.ts';

/** More people than that should have a role instead. */
export const collaboratorsMax = 500;

const accessSchema = Type.Enum(['view', 'edit'], {
  description:
    '`view`: the audience, its members and the ledgers of its imports. `edit`: also rename, archive and import into it. What the roles of the collaborator forbid stays forbidden.',
});

export const collaboratorParamsSchema = closed({
  customerAudienceId: resourceIdSchema,
  collaboratorId: resourceIdSchema,
});

export const collaboratorSchema = closed(
  {
    id: resourceIdSchema,
    principalId: resourceIdSchema,
    kind: Type.Optional(Type.Enum(['person', 'application'])),
    name: Type.Optional(
      Type.String({ maxLength: 80, description: 'Absent when they may no longer act for the institution.' }),
    ),
    access: accessSchema,
    createdAt: timestampSchema,
    createdBy: Type.String({ maxLength: 48, description: 'Who shared it: the id of the principal.' }),
  },
  { $id: 'customerAudienceCollaborator' },
);

export type Collaborator = Static<typeof collaboratorSchema>;

export const newCollaboratorSchema = closed(
  { principalId: resourceIdSchema, access: accessSchema },
  { $id: 'newCustomerAudienceCollaborator' },
);

export type NewCollaborator = Static<typeof newCollaboratorSchema>;

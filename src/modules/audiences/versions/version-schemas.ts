import { type Static, Type } from 'typebox';
import { setFilterSchema } from '../../../http/filter-schemas.ts';
import { pageProperties } from '../../../http/paging.ts';
import { closed, resourceIdSchema, timestampSchema } from '../../../http/schema-parts.ts';
import { withheldCountSchema } from '../audience-schemas.ts';
import type { AudienceVersionRow } from './audience-version-store.ts';
import { versionNumberSchema } from './version-moment.ts';

const versionCauses = [
  'import',
  'add',
  'remove',
  'replace',
  'copy',
  'filters',
  'refresh',
] as const satisfies readonly AudienceVersionRow['cause'][];

export const changeKinds = ['added', 'removed'] as const;
export type ChangeKind = (typeof changeKinds)[number];

export const versionParamsSchema = closed({ customerAudienceId: resourceIdSchema, version: versionNumberSchema });

export const audienceVersionSchema = closed(
  {
    version: Type.Integer({ minimum: 1, description: 'Counts from 1; a change of the members makes the next.' }),
    cause: Type.Enum([...versionCauses], {
      description:
        'What made it: a list at the start (`import`) or as an edit (`add`, `remove`, `replace`), the members of another audience (`copy`), criteria (`filters`), or the same criteria anew (`refresh`).',
    }),
    customerCount: Type.Integer({ minimum: 0, description: 'Distinct customers in this version.' }),
    addedCount: Type.Integer({ minimum: 0, description: 'Of them, who were not in the version before.' }),
    removedCount: Type.Integer({ minimum: 0, description: 'Who were in the version before and are not in this one.' }),
    customerVersion: Type.Integer({
      minimum: 0,
      description: 'The state of the customer base that the members were matched against.',
    }),
    createdAt: timestampSchema,
    createdBy: Type.String({ maxLength: 48, description: 'Who made it: the id of the principal.' }),
    import: Type.Optional({ ...resourceIdSchema, description: 'The import whose list made it.' }),
    isCurrent: Type.Boolean({ description: 'Whether it is the present version.' }),
  },
  { $id: 'customerAudienceVersion' },
);

export type CustomerAudienceVersion = Static<typeof audienceVersionSchema>;

const changeItemSchema = closed(
  { id: resourceIdSchema, change: Type.Enum([...changeKinds]) },
  { $id: 'customerAudienceChange' },
);

export const changesPageSchema = Type.Object(
  { ...pageProperties(changeItemSchema), withheldCount: withheldCountSchema },
  { $id: 'customerAudienceChanges', additionalProperties: false },
);

export const changeFilterQuery = {
  change: Type.Optional(setFilterSchema(changeKinds, 'Who came, or who went. By default both.')),
  against: Type.Optional({
    ...versionNumberSchema,
    description: 'The number of another kept version to compare with. By default the one before.',
  }),
};

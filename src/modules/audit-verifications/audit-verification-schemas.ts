import { type Static, Type } from 'typebox';
import { setFilterSchema } from '../../http/filter-schemas.ts';
import { pageQuery } from '../../http/paging.ts';
import { closed, resourceIdSchema, timestampSchema } from '../../http/schema-parts.ts';
import { findingKinds } from '../audit/index.ts';

export const verificationStates = ['running', 'intact', 'broken', 'failed'] as const;

export const verificationParamsSchema = closed({ auditVerificationId: resourceIdSchema });

export const verificationListQuerySchema = closed({
  ...pageQuery(),
  state: Type.Optional(setFilterSchema(verificationStates, 'State of the verification.')),
});

/** What the walk of one institution's chain can find; what only a log shows is the command line's. */
const kinds = Object.entries(findingKinds).filter(([kind]) => !kind.startsWith('checkpoint'));

export const verificationSchema = closed(
  {
    id: resourceIdSchema,
    state: Type.Enum([...verificationStates], {
      description:
        '`intact`: every entry fits the chain. `broken`: `finding` is the first thing that does not. `failed`: it was not finished and says nothing; start another.',
    }),
    entryCount: Type.Integer({ minimum: 0, description: 'Entries that were found good, from the first on.' }),
    totalCount: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Entries that there are to walk. Absent until it has begun.' }),
    ),
    finding: Type.Optional(
      closed({
        kind: Type.String({
          maxLength: 32,
          description: `${kinds.map(([kind, meaning]) => `\`${kind}\`: ${meaning}.`).join(' ')} More may follow.`,
        }),
        sequence: Type.Integer({ description: 'The first bad entry. What comes after it cannot be judged.' }),
      }),
    ),
    createdAt: timestampSchema,
    createdBy: Type.String({ maxLength: 200, description: 'Who asked for it: the id of the principal.' }),
    finishedAt: Type.Optional(timestampSchema),
  },
  { $id: 'auditVerification' },
);

export type AuditVerification = Static<typeof verificationSchema>;

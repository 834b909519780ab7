import { type Static, Type } from 'typebox';
import { closed, timestampSchema } from '../../http/schema-parts.ts';
import { auditOutcomes, principalKinds } from './audit-entry.ts';
import type { StoredEntry } from './audit-list-store.ts';

export const auditEntrySchema = closed(
  {
    sequence: Type.Integer({ minimum: 1, description: 'Its place in the institution’s chain, without gaps.' }),
    at: timestampSchema,
    principalKind: Type.Enum([...principalKinds], {
      description: 'Who acted: a person, an application on its own, or the operator’s command line.',
    }),
    principalId: Type.String({ maxLength: 200, description: 'The id of the person or application.' }),
    applicationId: Type.Optional(Type.String({ maxLength: 200, description: 'Through which application.' })),
    address: Type.Optional(Type.String({ maxLength: 64, description: 'From which network address.' })),
    operation: Type.String({ maxLength: 64, description: 'The operation id, or the name of a job or command.' }),
    resource: Type.Optional(Type.String({ maxLength: 200, description: 'The id of what was acted on.' })),
    outcome: Type.Enum([...auditOutcomes], {
      description:
        '`done`; `preview` = a dry run; `refused` = well asked and not possible; `denied` = without the right.',
    }),
    detail: Type.Unsafe<Readonly<Record<string, unknown>>>({
      type: 'object',
      additionalProperties: true,
      description: 'Counts, ids, versions and reasons. Never an identifier value.',
    }),
    hash: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'Ties the entry to all entries before it (HMAC-SHA-256).',
    }),
  },
  { $id: 'auditEntry' },
);

export function auditEntryBody(entry: StoredEntry): Static<typeof auditEntrySchema> {
  const { institutionId: _ours, applicationId, address, resource, detail, hash, ...rest } = entry;
  return {
    ...rest,
    ...(applicationId === null ? {} : { applicationId }),
    ...(address === null ? {} : { address }),
    ...(resource === null ? {} : { resource }),
    detail: typeof detail === 'object' && detail !== null ? { ...detail } : {},
    hash: hash.toString('hex'),
  };
}

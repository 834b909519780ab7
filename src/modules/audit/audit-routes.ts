import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import type { Keyring } from '../../crypto/keyring.ts';
import { rangeFilterSchema, setFilterSchema } from '../../http/filter-schemas.ts';
import {
  createUncountedPage,
  cursorBinding,
  pageLimit,
  pagePosition,
  pageQuery,
  uncountedPageSchema,
} from '../../http/paging.ts';
import { closed } from '../../http/schema-parts.ts';
import { type CursorPosition, encodeCursor } from '../../lib/cursor.ts';
import { Problem } from '../../lib/problem.ts';
import { parseRange } from '../../lib/range.ts';
import { parseSet } from '../../lib/set-filter.ts';
import { auditOutcomes } from './audit-entry.ts';
import type { AuditFilter } from './audit-list-store.ts';
import { type AuditQueryDeps, readAuditEntries } from './audit-query.ts';
import { auditEntryBody, auditEntrySchema } from './audit-schemas.ts';

/** Also ids that another issuer has given. */
const idFilter = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '^[!-~]+$', description }));

const listQuerySchema = closed({
  ...pageQuery(),
  outcome: Type.Optional(setFilterSchema(auditOutcomes, 'What came of it.')),
  operation: Type.Optional(
    Type.String({ pattern: '^[A-Za-z][-A-Za-z]{1,63}$', maxLength: 64, description: 'The operation id.' }),
  ),
  principalId: idFilter('Who acted.'),
  applicationId: idFilter('Through which application.'),
  resource: idFilter('What was acted on.'),
  at: Type.Optional(rangeFilterSchema('timestamp', 'When.')),
  sequence: Type.Optional(rangeFilterSchema('integer', 'The place in the chain.')),
});

/** The audit trail of the caller's institution. */
export const auditRoutes =
  (deps: AuditQueryDeps & { keyring: Keyring }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/service/auditEntries',
      config: { right: 'readAudit' },
      schema: {
        operationId: 'listAuditEntries',
        summary: 'Read the audit trail',
        description:
          'Newest first, without a count. Every page that is read leaves an entry of its own. One entry: `sequence=17`.',
        tags: ['Audit'],
        querystring: listQuerySchema,
        response: { 200: uncountedPageSchema(auditEntrySchema, 'auditEntries') },
      },
      handler: async (request) => {
        const { principal } = request;
        const key = (await deps.keyring.forInstitution(principal.institutionId)).macKey('cursor');
        const position = pagePosition(request, key, principal.institutionId);
        const { entries, last } = await readAuditEntries(deps, principal, filterOf(request.query), {
          beforeSequence: position === undefined ? undefined : sequenceOf(position),
          limit: pageLimit(request.query),
        });
        const binding = cursorBinding(principal.institutionId, request.url);
        const nextStart = last === undefined ? undefined : encodeCursor(key, binding, [last.sequence]);
        const items = entries.map(auditEntryBody);
        return createUncountedPage(request, { items, nextStart }, { publicUrl: app.publicUrl });
      },
    });
  };

function filterOf(query: Static<typeof listQuerySchema>): AuditFilter {
  const { outcome, operation, principalId, applicationId, resource, at, sequence } = query;
  return {
    outcomes: outcome === undefined ? undefined : parseSet(outcome, auditOutcomes, 'outcome'),
    operation,
    principalId,
    applicationId,
    resource,
    at: at === undefined ? undefined : parseRange('timestamp', at, 'at'),
    sequence: sequence === undefined ? undefined : parseRange('integer', sequence, 'sequence'),
  };
}

function sequenceOf([sequence]: CursorPosition): number {
  if (typeof sequence === 'number') return sequence;
  throw new Problem('badRequest', { detail: 'start is not a cursor of the audit trail. Begin again without start.' });
}

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { contextOf, dryRun204, sendOutcome } from '../../http/command-request.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageSchema } from '../../http/paging.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, dryRunQuery } from '../../http/schema-parts.ts';
import { type CursorPosition, encodeCursor } from '../../lib/cursor.ts';
import { parseSet } from '../../lib/set-filter.ts';
import {
  verificationListQuerySchema,
  verificationParamsSchema,
  verificationSchema,
  verificationStates,
} from './audit-verification-schemas.ts';
import {
  type AuditVerificationDeps,
  getVerification,
  getVerifications,
  startVerification,
} from './audit-verification-service.ts';

const tags = ['Audit'];
const url = '/service/auditVerifications';

/** Walks along the institution's audit chain. */
export const auditVerificationRoutes =
  (deps: AuditVerificationDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url,
      config: { right: 'verifyAudit' },
      schema: {
        operationId: 'createAuditVerification',
        summary: 'Verify the audit trail',
        description:
          'Walks the chain of the institution from its first entry in the background; acts go on meanwhile. It finds what was changed, removed, moved, put in or cut off. What only the log of the server shows (an older copy that was put back) is found by `rollcall audit verify --checkpoints`.',
        tags,
        querystring: closed({ ...dryRunQuery }),
        response: {
          200: verificationSchema,
          202: verificationSchema,
          204: dryRun204,
          ...problemResponses('conflict', 'idempotencyKeyReused'),
        },
      },
      handler: async (request, reply) => {
        const context = contextOf(request, 'createAuditVerification');
        return sendOutcome(await startVerification(deps, context), request, reply);
      },
    });

    app.route({
      method: 'GET',
      url,
      config: { right: 'readAudit' },
      schema: {
        operationId: 'listAuditVerifications',
        summary: 'List the verifications, newest first',
        tags,
        querystring: verificationListQuerySchema,
        response: { 200: pageSchema(verificationSchema, 'auditVerifications') },
      },
      handler: async (request) => {
        const { principal, query } = request;
        const key = (await deps.keyring.forInstitution(principal.institutionId)).macKey('cursor');
        const states = query.state === undefined ? undefined : parseSet(query.state, verificationStates, 'state');
        const after = afterOf(pagePosition(request, key, principal.institutionId));
        const page = await getVerifications(deps, principal, states, { after, limit: pageLimit(query) });
        const nextStart =
          page.last &&
          encodeCursor(key, cursorBinding(principal.institutionId, request.url), [
            page.last.created_at.toISOString(),
            page.last.id,
          ]);
        return createPage(request, { ...page, nextStart }, { publicUrl: app.publicUrl });
      },
    });

    app.route({
      method: 'GET',
      url: `${url}/:auditVerificationId`,
      config: { right: 'readAudit' },
      schema: {
        operationId: 'getAuditVerification',
        summary: 'Read a verification: its progress, or what it found',
        tags,
        params: verificationParamsSchema,
        response: { 200: verificationSchema },
      },
      handler: async (request) => await getVerification(deps, request.principal, request.params.auditVerificationId),
    });
  };

function afterOf(position: CursorPosition | undefined): { createdAt: Date; id: string } | undefined {
  const [createdAt, id] = position ?? [];
  return typeof createdAt === 'string' && typeof id === 'string' ? { createdAt: new Date(createdAt), id } : undefined;
}

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, dryRunQuery } from '../../http/schema-parts.ts';
import { streamedBody } from '../../http/streamed-body.ts';
import { Problem } from '../../lib/problem.ts';
import { audienceSuppressionSchema, suppressAudience, suppressionProperties } from '../suppressions/index.ts';
import { type BodyRead, type BodyReading, readReceivedList, receiveJsonBody } from './import-body.ts';
import { checkedFields, missing, streamOf } from './import-body-kinds.ts';
import { carryOut, type ImportRouteDeps, listRefusals } from './import-exchange.ts';
import { suppressionRequest } from './import-request.ts';
import { customerAudienceImportSchema, listSuppressionFieldsSchema, listSuppressionSchema } from './import-schemas.ts';

const createdSuppressionSchema = closed(
  { ...suppressionProperties, import: Type.Optional(customerAudienceImportSchema) },
  { $id: 'createdSuppression' },
);

/** A suppression comes in: as a list, which is an import like any other, or as the name of an audience. */
export const suppressionImportRoutes =
  (deps: ImportRouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/json', (_request, payload, done) => done(null, payload));

    app.post(
      '/service/suppressions',
      {
        config: { right: 'importLists', streamed: true },
        schema: {
          operationId: 'createSuppression',
          tags: ['Suppressions'],
          summary: 'Hold customers back from exports',
          description:
            'By a list (`identifierType` and `content`) or by an audience (`customerAudience`), not both. A list is read, matched, charged and kept in the ledger as any import; a line that names several customers holds back all of them. An audience is followed: whoever is a member is held back.',
          querystring: closed({ ...dryRunQuery }),
          body: streamedBody({ 'application/json': Type.Union([listSuppressionSchema, audienceSuppressionSchema]) }),
          response: {
            200: createdSuppressionSchema,
            201: createdSuppressionSchema,
            202: customerAudienceImportSchema,
            204: Type.Null(),
            ...problemResponses(...listRefusals, 'conflict', 'unprocessableEntity'),
          },
        },
      },
      async (request, reply) => {
        const read = (reading: BodyReading) => readSuppression(deps, reading, request);
        return await carryOut(deps, { request, reply, read, target: {} });
      },
    );
  };

const eitherOr = 'Send either a list or customerAudience, not both.';

async function readSuppression(
  deps: ImportRouteDeps,
  reading: BodyReading,
  request: FastifyRequest,
): Promise<BodyRead> {
  const received = await receiveJsonBody(reading, streamOf(request));
  if (received.answer !== undefined) return received;
  const fields: unknown = JSON.parse(received.fieldsJson);
  if (typeof fields === 'object' && fields !== null && 'customerAudience' in fields) {
    const order = checkedFields(request, audienceSuppressionSchema, fields);
    if (received.hasContent) throw new Problem('badRequest', { detail: eitherOr });
    return { answer: (context) => suppressAudience(deps, context, order) };
  }
  const list = checkedFields(request, listSuppressionFieldsSchema, fields);
  if (!received.hasContent) throw missing('content');
  return await readReceivedList(reading, suppressionRequest(list));
}

import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { applyPreference, parsePrefer } from '../../http/preferences.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, resourceIdSchema } from '../../http/schema-parts.ts';
import { sendReply } from '../../http/send-reply.ts';
import { streamedBody } from '../../http/streamed-body.ts';
import { audienceProperties } from '../audiences/index.ts';
import { type CommandContext, type CommandReply, watchRight } from '../commands/index.ts';
import type { BodyRead, BodyReading, ImportLimits } from './import-body.ts';
import { readBody } from './import-body-kinds.ts';
import {
  createImportBodySchema,
  createImportFieldsSchema,
  createImportFormSchema,
  createImportQuerySchema,
  customerAudienceImportSchema,
  editImportBodySchema,
  editImportFieldsSchema,
  editImportFormSchema,
  editImportQuerySchema,
} from './import-schemas.ts';
import { acceptImport, type ImportDeps, recordingDenial, runImport } from './import-service.ts';
import type { ListReader } from './reading/index.ts';

export interface ImportRouteDeps extends ImportDeps {
  readonly listReader: ListReader;
  readonly limits: ImportLimits;
}

const importedAudienceSchema = Type.Object(
  { ...audienceProperties, import: customerAudienceImportSchema },
  { $id: 'importedCustomerAudience', additionalProperties: false },
);

const editedAudienceSchema = Type.Object(
  {
    ...audienceProperties,
    import: customerAudienceImportSchema,
    addedCount: Type.Integer({ minimum: 0 }),
    removedCount: Type.Integer({ minimum: 0 }),
  },
  { $id: 'editedCustomerAudience', additionalProperties: false },
);

/** What either way of sending a list may be refused for. */
const refusals = [
  'badRequest',
  'invalidBase64',
  'payloadTooLarge',
  'unsupportedMediaType',
  'unreadableList',
  'noCustomersMatched',
  'invalidRows',
  'idempotencyKeyReused',
  'importBudgetExceeded',
] as const;

/** A list comes in: it makes an audience, or edits one. The body is read as a stream, whatever its type. */
export const importCreateRoutes =
  (deps: ImportRouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.removeAllContentTypeParsers();
    await app.register(multipart);
    app.addContentTypeParser(['application/json', 'text/csv'], (_request, payload, done) => done(null, payload));

    app.post(
      '/service/importedCustomerAudiences',
      {
        config: { right: 'importLists', streamed: true },
        schema: {
          operationId: 'createImportedCustomerAudience',
          tags: ['Imports'],
          summary: 'Make an audience from a list of identifying values',
          querystring: createImportQuerySchema,
          body: streamedBody({
            'application/json': createImportBodySchema,
            'text/csv': Type.String(),
            'multipart/form-data': createImportFormSchema,
          }),
          response: {
            200: importedAudienceSchema,
            201: importedAudienceSchema,
            202: customerAudienceImportSchema,
            204: Type.Null(),
            ...problemResponses(...refusals, 'audienceNameTaken', 'conflict'),
          },
        },
      },
      async (request, reply) => {
        const read = (reading: BodyReading) => readBody(reading, request, createImportFieldsSchema);
        return await carryOut(deps, { request, reply, read, target: {} });
      },
    );

    app.post(
      '/service/customerAudiences/:customerAudienceId/importedCustomers',
      {
        config: { right: 'importLists', streamed: true },
        schema: {
          operationId: 'editImportedCustomers',
          tags: ['Imports'],
          summary: 'Add, remove or replace the members of an audience by a list',
          params: closed({ customerAudienceId: resourceIdSchema }),
          querystring: editImportQuerySchema,
          body: streamedBody({
            'application/json': editImportBodySchema,
            'text/csv': Type.String(),
            'multipart/form-data': editImportFormSchema,
          }),
          response: {
            200: editedAudienceSchema,
            202: customerAudienceImportSchema,
            204: Type.Null(),
            ...problemResponses(
              ...refusals,
              'audienceNotEditable',
              'conflict',
              'preconditionFailed',
              'preconditionRequired',
            ),
          },
        },
      },
      async (request, reply) => {
        const read = (reading: BodyReading) => readBody(reading, request, editImportFieldsSchema);
        const ifMatch = request.headers['if-match'];
        const target = {
          audienceId: request.params.customerAudienceId,
          ...(ifMatch === undefined ? {} : { ifMatch }),
        };
        return await carryOut(deps, { request, reply, read, target });
      },
    );
  };

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly read: (reading: BodyReading) => Promise<BodyRead>;
  readonly target: BodyReading['target'];
}

async function carryOut(deps: ImportRouteDeps, exchange: Exchange): Promise<FastifyReply> {
  const { request, reply } = exchange;
  const { principal, idempotency: claim } = request;
  const operation = request.routeOptions.schema?.operationId ?? '';
  const context: CommandContext = { principal, operation, dryRun: request.dryRun, claim };
  await using session = await deps.listReader.open();
  const watch = watchRight(deps, principal, 'importLists');
  const read = await recordingDenial(deps, context, exchange.target.audienceId, async () => {
    const done = await exchange.read({ deps, principal, session, claim, watch, target: exchange.target });
    // Once more before anything of it is kept, also for a body of one chunk.
    await watch.checkNow();
    return done;
  });
  if (read.replay !== undefined) return await sendReply(read.replay, reply);
  const prefer = parsePrefer(request.headers.prefer);
  if (prefer.respondAsync && !request.dryRun) {
    applyPreference(reply, 'respond-async');
    return await sendReply(await acceptImport(deps, context, read.list), reply);
  }
  const outcome = await runImport(deps, context, read.list);
  if (!request.dryRun) return await sendReply(outcome, reply);
  return await sendReply(previewOf(outcome, prefer.returnRepresentation, reply), reply);
}

/** A dry run answers 204, or what it would have made when the caller prefers that. */
function previewOf(outcome: CommandReply, representation: boolean, reply: FastifyReply): CommandReply {
  if (!representation) return { status: 204 };
  applyPreference(reply, 'return=representation');
  return outcome;
}

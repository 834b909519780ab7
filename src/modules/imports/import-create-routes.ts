import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, resourceIdSchema } from '../../http/schema-parts.ts';
import { streamedBody } from '../../http/streamed-body.ts';
import { audienceProperties } from '../audiences/index.ts';
import type { BodyReading } from './import-body.ts';
import { readBody } from './import-body-kinds.ts';
import { carryOut, type ImportRouteDeps, listRefusals } from './import-exchange.ts';
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
            ...problemResponses(...listRefusals, 'audienceNameTaken', 'conflict'),
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
              ...listRefusals,
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

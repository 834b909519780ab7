import type { Readable } from 'node:stream';
import type { Multipart, MultipartFile } from '@fastify/multipart';
import { parse } from 'content-disposition';
import type { FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { validationProblem } from '../../http/validation.ts';
import { Problem } from '../../lib/problem.ts';
import {
  type BodyRead,
  type BodyReading,
  cutOff,
  readReceivedList,
  readStreamedBody,
  receiveJsonBody,
} from './import-body.ts';
import { importRequest } from './import-request.ts';
import type { createImportFieldsSchema, editImportFieldsSchema } from './import-schemas.ts';

type FieldsSchema = typeof createImportFieldsSchema | typeof editImportFieldsSchema;

const formFieldBytesMax = 16 * 1024;
const formFieldsMax = 20;

/** Reads the list of a request in whichever of the three ways it comes: JSON, text/csv, multipart. */
export async function readBody(reading: BodyReading, request: FastifyRequest, schema: FieldsSchema): Promise<BodyRead> {
  const type = request.headers['content-type'] ?? '';
  if (request.isMultipart()) return await readForm(reading, request, schema);
  const body = streamOf(request);
  if (/^text\/csv\b/i.test(type)) {
    const fields = checkedFields(request, schema, queryFields(request));
    return await readStreamedBody(reading, body, fields, { fieldsInBody: false });
  }
  refuseQueryFields(request);
  const received = await receiveJsonBody(reading, body);
  if (received.answer !== undefined) return received;
  const fields = checkedFields(request, schema, JSON.parse(received.fieldsJson));
  if (!received.hasContent) throw missing('content');
  return await readReceivedList(reading, importRequest(fields, reading.target));
}

/** The body as it arrives. @throws Problem `badRequest` for a request without one */
export function streamOf({ body }: FastifyRequest): Readable {
  if (!isReadable(body)) throw new Problem('badRequest', { detail: 'The request has no body.' });
  return body;
}

function isReadable(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && 'pipe' in body;
}

/** Of a form the fields must come first: the list is read as it arrives, and by then its type must be known. */
async function readForm(reading: BodyReading, request: FastifyRequest, schema: FieldsSchema): Promise<BodyRead> {
  refuseQueryFields(request);
  const fields: Record<string, unknown> = {};
  const limits = {
    fields: formFieldsMax,
    fieldSize: formFieldBytesMax,
    files: 1,
    fileSize: reading.deps.limits.streamedBytesMax + 1,
  };
  // Not `for await`: leaving it would end the form, and with it the connection, before the answer.
  const parts = request.parts({ limits })[Symbol.asyncIterator]();
  for (;;) {
    const next = await nextPart(parts);
    if (next === undefined) throw missing('content');
    if (next.type !== 'file') {
      addField(fields, next);
      continue;
    }
    const read = await readFile(reading, request, { schema, fields, part: next });
    // Whatever followed the file would have been ignored in silence.
    if ((await nextPart(parts)) === undefined) return read;
    throw new Problem('badRequest', {
      detail: 'The fields of the form must stand before its file, which is the last part.',
    });
  }
}

async function nextPart(parts: AsyncIterator<Multipart>): Promise<Multipart | undefined> {
  const next = await parts.next().catch((error: unknown) => {
    throw cutOff(error);
  });
  return next.done === true ? undefined : next.value;
}

function addField(fields: Record<string, unknown>, part: Exclude<Multipart, MultipartFile>): void {
  if (part.fieldnameTruncated || part.valueTruncated) {
    throw new Problem('payloadTooLarge', { detail: `A field of the form is longer than ${formFieldBytesMax} bytes.` });
  }
  if (Object.hasOwn(fields, part.fieldname)) {
    throw new Problem('badRequest', { detail: 'The form has a field twice.' });
  }
  fields[part.fieldname] = part.value;
}

async function readFile(
  reading: BodyReading,
  request: FastifyRequest,
  form: { schema: FieldsSchema; fields: Record<string, unknown>; part: MultipartFile },
): Promise<BodyRead> {
  const { part } = form;
  if (part.fieldname !== 'content') {
    part.file.resume();
    throw new Problem('badRequest', { detail: 'The file part of the form must be named "content".' });
  }
  const fields = { ...form.fields, ...(form.fields.fileName === undefined && { fileName: part.filename }) };
  const checked = checkedFields(request, form.schema, withTypes(fields));
  return await readStreamedBody(reading, part.file, checked, { fieldsInBody: true });
}

function queryFields(request: FastifyRequest): Record<string, unknown> {
  const { dryRun: _dryRun, ...fields } = queryOf(request);
  const { repairs } = fields;
  const named = fileNameOf(request);
  return {
    ...fields,
    ...(fields.fileName === undefined && named !== undefined && { fileName: named }),
    ...(typeof repairs === 'string' && { repairs: repairs.split(',') }),
  };
}

function fileNameOf(request: FastifyRequest): string | undefined {
  const header = request.headers['content-disposition'];
  return header === undefined ? undefined : parse(header).parameters.filename;
}

/** Form fields are text; the fields have types. */
function withTypes(fields: Record<string, unknown>): Record<string, unknown> {
  const { includesHeader, repairs } = fields;
  return {
    ...fields,
    ...((includesHeader === 'true' || includesHeader === 'false') && { includesHeader: includesHeader === 'true' }),
    ...(typeof repairs === 'string' && { repairs: repairs === '' ? [] : repairs.split(',') }),
  };
}

function refuseQueryFields(request: FastifyRequest): void {
  const { dryRun: _dryRun, ...others } = queryOf(request);
  if (Object.keys(others).length === 0) return;
  throw new Problem('badRequest', {
    detail: 'Fields stand in the query only beside a text/csv body. Move them into the body.',
    attributes: { in: 'query', allowed: ['dryRun'] },
  });
}

function queryOf(request: FastifyRequest): Record<string, unknown> {
  return typeof request.query === 'object' && request.query !== null ? { ...request.query } : {};
}

export function checkedFields<Schema extends TSchema>(
  request: FastifyRequest,
  schema: Schema,
  fields: unknown,
): Static<Schema> {
  const validate = request.compileValidationSchema(schema, 'body');
  if (!validate(fields)) throw validationProblem(validate.errors ?? [], 'body');
  return Value.Parse(schema, fields);
}

export function missing(name: string): Problem {
  return new Problem('badRequest', {
    detail: `The body must have ${name}.`,
    attributes: { in: 'body', pointer: '' },
  });
}

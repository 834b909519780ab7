import { STATUS_CODES } from 'node:http';
import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { hoistComponents } from './openapi-components.ts';
import { freshSignInText, type OpenApiIssuer, rightText, securityOf, securitySchemes } from './openapi-security.ts';
import { openApiDescription, openApiTags } from './openapi-text.ts';

/** Registers the generator; before any route. */
export async function addOpenApi(
  app: FastifyInstance,
  options: { publicUrl: string | undefined; version: string; externalIssuerUrl?: string | undefined },
): Promise<void> {
  const { publicUrl, externalIssuerUrl } = options;
  const issuer = { publicUrl, externalIssuerUrl };
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Rollcall',
        version: options.version,
        summary: 'Customer audiences for banks and credit unions.',
        description: openApiDescription,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: publicUrl ?? '/' }],
      tags: openApiTags,
      components: { securitySchemes: securitySchemes(issuer) },
    },
    stripBasePath: false,
    // Schemas that are registered with the application keep their names.
    refResolver: { buildLocalReference: (json) => String(json.$id) },
    convertConstToEnum: false,
    transform: ({ schema, url, route }) => ({ schema: describeOperation(schema, route, issuer), url }),
    // A document object in, a document object out: the library's types know no schema without its own kind.
    transformObject: (document) => ('openapiObject' in document ? hoistComponents(document.openapiObject) : {}),
  });
}

/** Adds what the plugins do for every route: the token and its scope, the headers that they read. */
function describeOperation(
  schema: FastifySchema | undefined,
  route: RouteOptions,
  issuer: OpenApiIssuer,
): FastifySchema {
  const described = { ...markNames(schema) };
  described.response = withDescriptions(described.response);
  const { right, freshSignIn } = route.config ?? {};
  described.security = right === undefined ? [] : securityOf(right, issuer);
  if (right !== undefined) {
    const texts = [described.description, rightText(right), freshSignIn && freshSignInText];
    described.description = texts.filter(Boolean).join('\n\n');
  }
  const headers = { ...generalHeaders(route), ...propertiesOf(described.headers) };
  if (Object.keys(headers).length > 0) {
    described.headers = { type: 'object', properties: headers, ...requiredOf(described.headers) };
  }
  return described;
}

/**
 * A copy in which `$id` has become `x-component`: the generator drops `$id`, and with it the names that make a
 * reference readable.
 */
function markNames(schema: FastifySchema | undefined): FastifySchema {
  return copyWithNames(schema ?? {});
}

function copyWithNames<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value, (_name, part: unknown) => {
      if (typeof part !== 'object' || part === null || !('$id' in part)) return part;
      const { $id, ...rest } = part;
      return { ...rest, 'x-component': $id };
    }),
  );
}

function generalHeaders(route: RouteOptions): Record<string, unknown> {
  if (route.config?.right === undefined) return {};
  const headers: Record<string, unknown> = {
    'institution-id': {
      type: 'string',
      pattern: '^[A-Z0-9_]{2,8}$',
      description: 'The institution: needed where the token is for several, and one of them.',
    },
  };
  if (route.method === 'POST') {
    headers['idempotency-key'] = {
      type: 'string',
      pattern: '^[-a-zA-Z0-9_.$:~+=]{1,255}$',
      description: 'Makes a repeated request safe: the same key and request get the stored answer for 24 hours.',
    };
  }
  const answers: object = typeof route.schema?.response === 'object' ? { ...route.schema.response } : {};
  if ('412' in answers)
    headers['if-match'] = tagHeader('The `ETag` that the change is based on; 412 when it is no longer.');
  if ('304' in answers)
    headers['if-none-match'] = tagHeader('The `ETag` that is known already; 304 when it still holds.');
  if ('dryRun' in propertiesOf(route.schema?.querystring)) {
    headers.prefer = {
      type: 'string',
      maxLength: 256,
      description: '`return=representation`: the result of a dry run. `respond-async`: 202 where the operation has it.',
    };
  }
  return headers;
}

function tagHeader(description: string) {
  return { type: 'string', maxLength: 256, description };
}

/** OpenAPI asks for a description of each response: where ours says nothing, the status does. */
function withDescriptions(responses: unknown): Record<string, unknown> {
  const given: object = typeof responses === 'object' && responses !== null ? responses : {};
  return Object.fromEntries(
    Object.entries(given).map(([status, response]: [string, object]) => {
      const description = `${STATUS_CODES[status] ?? 'The answer'}.`;
      // A named schema is shared by several answers: the description belongs to the answer, not into the schema.
      if ('x-component' in response) {
        return [status, { description, content: { 'application/json': { schema: response } } }];
      }
      return [status, { description, ...response }];
    }),
  );
}

function propertiesOf(schema: unknown): Record<string, unknown> {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return {};
  return typeof schema.properties === 'object' ? { ...schema.properties } : {};
}

function requiredOf(schema: unknown): { required?: unknown } {
  return typeof schema === 'object' && schema !== null && 'required' in schema ? { required: schema.required } : {};
}

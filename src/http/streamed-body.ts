import type { TSchema } from 'typebox';

/**
 * The body of a route that reads it itself: described in OpenAPI by media type, never validated as a value (the
 * request's body is the stream).
 */
export function streamedBody(schemas: Readonly<Record<string, TSchema>>) {
  const content = Object.entries(schemas).map(([mediaType, schema]) => [
    mediaType,
    { schema: { ...schema, 'x-streamed': true } },
  ]);
  return { content: Object.fromEntries(content) };
}

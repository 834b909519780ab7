import { type TSchema, Type } from 'typebox';

/** An object of exactly these properties: others are refused. */
export function closed<Properties extends Record<string, TSchema>>(
  properties: Properties,
  options: { $id?: string } = {},
) {
  return Type.Object(properties, { ...options, additionalProperties: false });
}

const resourceIdPattern = '^[-_:.~$a-zA-Z0-9]+$';
const resourceIdCharacters = { min: 6, max: 48 };

/** An opaque, immutable resource id (api.md section 1). Ours are 20 lower-case hex digits. */
export const resourceIdSchema = Type.String({
  minLength: resourceIdCharacters.min,
  maxLength: resourceIdCharacters.max,
  pattern: resourceIdPattern,
  description: 'An opaque, immutable id.',
  examples: ['0399abedfd3d5e10c2aa'],
});

/** Whether a text has the form of {@link resourceIdSchema}, where it is a part of a parameter. */
export function isResourceId(text: string): boolean {
  const { min, max } = resourceIdCharacters;
  return text.length >= min && text.length <= max && new RegExp(resourceIdPattern).test(text);
}

/** `YYYY-MM-DDThh:mm:ss.sssZ`. Give it `date.toISOString()`. */
export const timestampSchema = Type.String({
  format: 'date-time',
  maxLength: 24,
  examples: ['2026-01-31T09:30:00.000Z'],
});

/**
 * Something to see, and none of the characters that end a line or turn the direction of the text: a name stands in
 * pages, in tables and in terminals.
 */
export const visibleTextPattern =
  '^(?=.*[\\p{L}\\p{N}\\p{P}\\p{S}])[^\\p{Cc}\\p{Cs}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]+$';

/** Markdown (CommonMark, raw HTML not rendered). */
export function markdownSchema(options: { maxLength: number; description?: string }) {
  return Type.String({ ...options, format: 'markdown' });
}

/** `?dryRun=true`, to be spread into a query schema; read it as `request.dryRun`. */
export const dryRunQuery = {
  dryRun: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'Validate everything and change nothing: 204, or with `Prefer: return=representation` the result it would have had.',
    }),
  ),
};

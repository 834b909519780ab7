import { type TSchema, Type } from 'typebox';
import { type Problem, type ProblemName, problemTypes } from '../lib/problem.ts';
import { timestampSchema } from './schema-parts.ts';

export const problemMediaType = 'application/problem+json';

const nestedProperties = {
  type: Type.String({
    format: 'uri-reference',
    maxLength: 1200,
    description: 'The kind of problem; its page is served there.',
  }),
  title: Type.String({ maxLength: 120 }),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  detail: Type.Optional(Type.String({ maxLength: 256, description: 'What is wrong with this request.' })),
  attributes: Type.Optional(
    Type.Object({}, { additionalProperties: true, description: 'Data by type, e.g. `recordNumbers` (1-based lines).' }),
  ),
};

/** RFC 9457, as every operation answers it. */
export const problemSchema = Type.Object(
  {
    id: Type.String({ maxLength: 48, description: 'This occurrence; the log has it too.' }),
    ...nestedProperties,
    instance: Type.Optional(
      Type.String({ format: 'uri-reference', maxLength: 1024, description: 'The path, without query.' }),
    ),
    occurredAt: timestampSchema,
    problems: Type.Optional(
      Type.Array(Type.Object(nestedProperties), { maxItems: 100, description: 'Nested causes.' }),
    ),
  },
  { $id: 'problem' },
);

export interface ProblemBodyOptions {
  readonly at: Date;
  /** Base of the type address; without it types are relative references. */
  readonly publicUrl: string | undefined;
  readonly instance: string | undefined;
}

/** The answer of a problem; never its cause. */
export function problemBody(problem: Problem, options: ProblemBodyOptions) {
  return {
    id: problem.id,
    ...nestedBody(problem, options),
    ...(options.instance === undefined ? {} : { instance: options.instance }),
    occurredAt: options.at.toISOString(),
    ...(problem.problems.length === 0 ? {} : { problems: problem.problems.map((cause) => nestedBody(cause, options)) }),
  };
}

function nestedBody(problem: Problem, options: ProblemBodyOptions) {
  return {
    type: problemTypeUrl(problem.type, options.publicUrl),
    title: problem.title,
    status: problem.status,
    ...(problem.detail === undefined ? {} : { detail: problem.detail.slice(0, 256) }),
    ...(problem.attributes === undefined ? {} : { attributes: problem.attributes }),
  };
}

export function problemTypeUrl(name: ProblemName, publicUrl = ''): string {
  return `${publicUrl}/errors/${name}/v1.0.0`;
}

/**
 * Responses of a route's schema for the problems that it may answer besides the general ones (400, 401, 403, 404,
 * 406, 413, 415, 500, 503), which every route gets: `response: { 200: ..., ...problemResponses('audienceNameTaken') }`.
 * Name them in one call: of two spreads the later replaces what the earlier said of a status.
 */
export function problemResponses(...names: readonly ProblemName[]): Record<number, TSchema> {
  const byStatus = Map.groupBy(new Set(names), (name) => problemTypes[name].status);
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, problemResponse(group)]));
}

/** The names that a response of {@link problemResponses} stands for; empty for any other response. */
export function problemNames(response: unknown): readonly ProblemName[] {
  if (typeof response !== 'object' || response === null || !('x-problems' in response)) return [];
  const named: readonly unknown[] = Array.isArray(response['x-problems']) ? response['x-problems'] : [];
  return named.filter((name): name is ProblemName => typeof name === 'string' && name in problemTypes);
}

function problemResponse(names: readonly ProblemName[]): TSchema {
  const description = names.map((name) => `\`${name}\`: ${problemTypes[name].title}.`).join(' ');
  const content = { [problemMediaType]: { schema: problemSchema } };
  // Fastify reads a response by media type; TypeBox has no name for that.
  return Type.Unsafe<unknown>({ description, content, 'x-problems': names });
}

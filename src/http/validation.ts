import { Ajv2020, type AnySchema, type ErrorObject, type Options } from 'ajv/dist/2020.js';
import type { AnyValidateFunction } from 'ajv/dist/types/index.js';
import addFormats from 'ajv-formats';
import { Problem } from '../lib/problem.ts';
import { withPlainNumbers } from './plain-numbers.ts';

/** Marks that our schemas carry besides JSON Schema's own keywords. */
export const schemaMarks = ['x-personal', 'x-secret', 'x-streamed'] as const;

/** A body is bounded, but one wrong array could name each of its items. */
const problemsMax = 20;
const allowedNamesMax = 50;

const options: Options = {
  // Unknown properties are refused, never removed: what is silently dropped is found missing much later.
  removeAdditional: false,
  useDefaults: true,
  allErrors: true,
  allowUnionTypes: true,
  strictTypes: false,
  strictTuples: false,
  // Gives each error the schema it broke, so that a problem can list the allowed names.
  verbose: true,
  // Our schemas do not change after the build: `test/rules` holds them against JSON Schema's own, which is larger than
  // all of them and would take each start of a server half a second to compile. Unknown keywords still end the start.
  validateSchema: false,
};

/**
 * The validators: bodies as they are, because coercion would make `"q"` of `["q"]`; queries, paths and headers are
 * text, so numbers, booleans and lists are read from it, and numbers only where they are written plainly.
 */
export function createValidatorCompiler(sharedSchemas: Readonly<Record<string, unknown>>) {
  const body = createAjv({ ...options, coerceTypes: false }, sharedSchemas);
  const text = createAjv({ ...options, coerceTypes: 'array' }, sharedSchemas);
  // Fastify gives the part of a route; its types say a schema.
  return (part: AnySchema): AnyValidateFunction => {
    const schema: unknown = isSchema(part) ? part.schema : undefined;
    if (!isSchema(schema)) throw new TypeError('a route schema must be an object');
    if ('x-streamed' in schema) return body.compile(true);
    if (isSchema(part) && part.httpPart === 'body') return body.compile(schema);
    return withPlainNumbers(text.compile(schema), schema);
  };
}

function createAjv(ajvOptions: Options, sharedSchemas: Readonly<Record<string, unknown>>): Ajv2020 {
  const ajv = new Ajv2020(ajvOptions);
  ajv.addVocabulary([...schemaMarks]);
  addFormats.default(ajv);
  ajv.addFormat('markdown', true);
  for (const schema of Object.values(sharedSchemas)) if (isSchema(schema)) ajv.addSchema(schema);
  return ajv;
}

function isSchema(schema: unknown): schema is Exclude<AnySchema, boolean> {
  return typeof schema === 'object' && schema !== null;
}

/**
 * Turns Ajv's errors into one problem. What is wrong is named by position (JSON pointer up to the parent); neither
 * an unknown name nor a value is repeated, because both may be a customer's data.
 *
 * @param part `body`, `querystring`, `params` or `headers`
 */
export function validationProblem(errors: readonly Partial<ErrorObject>[], part: string): Problem {
  // A path that cannot name a resource names none.
  if (part === 'params') return new Problem('notFound');
  const place = part === 'querystring' ? 'query' : part;
  const told = withoutUnionNoise(errors).slice(0, problemsMax);
  const problems = told.map((error) => problemOf(error, place));
  const [first] = problems;
  if (problems.length === 1 && first !== undefined) return first;
  return new Problem('badRequest', { detail: `The ${place} has several faults; problems lists them.`, problems });
}

/** Of a union Ajv tells why each branch failed and then that none held: the last says it best. */
function withoutUnionNoise(errors: readonly Partial<ErrorObject>[]): readonly Partial<ErrorObject>[] {
  const unions = errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf');
  return errors.filter(
    (error) => !unions.some((union) => union !== error && `${error.schemaPath}`.startsWith(`${union.schemaPath}/`)),
  );
}

function problemOf(error: Partial<ErrorObject>, place: string): Problem {
  const pointer = error.instancePath ?? '';
  const at = pointer === '' ? `The ${place}` : `${pointer} of the ${place}`;
  const allowed = allowedOf(error);
  return new Problem('badRequest', {
    detail: `${at} ${expectationOf(error)}`.slice(0, 256),
    attributes: { in: place, pointer, ...(allowed === undefined ? {} : { allowed }) },
  });
}

function expectationOf(error: Partial<ErrorObject>): string {
  const params: Readonly<Record<string, unknown>> = error.params ?? {};
  switch (error.keyword) {
    case 'additionalProperties':
      return 'has an unknown name; attributes.allowed lists the allowed ones.';
    case 'required':
      return `must have ${String(params.missingProperty)}.`;
    case 'enum':
      return 'must be one of the values in attributes.allowed.';
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}.`;
    case 'anyOf':
    case 'oneOf':
      return 'has none of the allowed forms.';
    default:
      // What is left speaks of the schema alone: "must be integer", "must match pattern ...", "must be <= 1000".
      return `${error.message ?? 'is not valid'}.`;
  }
}

function allowedOf(error: Partial<ErrorObject>): readonly unknown[] | undefined {
  const params: Readonly<Record<string, unknown>> = error.params ?? {};
  if (error.keyword === 'enum' && Array.isArray(params.allowedValues)) return params.allowedValues;
  if (error.keyword !== 'additionalProperties') return undefined;
  const properties: unknown = error.parentSchema?.properties;
  return Object.keys(typeof properties === 'object' && properties !== null ? properties : {}).slice(0, allowedNamesMax);
}

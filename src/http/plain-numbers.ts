import type { AnyValidateFunction } from 'ajv/dist/types/index.js';

/** Digits of ASCII; a sign only where the schema allows what is below zero, a fraction only of a number. */
const forms = {
  integer: { unsigned: /^\d+$/, signed: /^-?\d+$/ },
  number: { unsigned: /^\d+(?:\.\d+)?$/, signed: /^-?\d+(?:\.\d+)?$/ },
} as const;

/** Ajv reads no number from an empty text, so it refuses this one at its place and in its own words. */
const noNumber = '';

/**
 * Ajv reads numbers from text as JavaScript does: `1e2`, `0x10`, `5.0`, `+5` and ` 5` pass, and whoever else looks at
 * the address (a proxy's rules, a cache, a search in logs) sees another number or none. Here text that is no plain
 * decimal is refused like any other that is no number.
 *
 * @param schema of a query, a path or headers: numbers stand in its properties, alone or in lists
 * @throws TypeError for a schema with a number elsewhere: it would be read as Ajv does
 */
export function withPlainNumbers(validate: AnyValidateFunction, schema: object): AnyValidateFunction {
  const patterns = patternsOf(schema);
  if (patterns.size === 0) return validate;
  // Ajv leaves the errors on its function, where Fastify looks for them: so the same function, with a step before.
  return new Proxy(validate, {
    apply(target, self, [data, ...context]) {
      if (typeof data === 'object' && data !== null) blankOthers(data, patterns);
      return Reflect.apply(target, self, [data, ...context]);
    },
  });
}

function blankOthers(data: object, patterns: ReadonlyMap<string, RegExp>): void {
  const plain = (value: unknown, pattern: RegExp) =>
    typeof value === 'string' && !pattern.test(value) ? noNumber : value;
  for (const [name, value] of Object.entries(data)) {
    const pattern = patterns.get(name);
    if (pattern === undefined) continue;
    const kept = Array.isArray(value) ? value.map((item) => plain(item, pattern)) : plain(value, pattern);
    Object.assign(data, { [name]: kept });
  }
}

function patternsOf(schema: object): ReadonlyMap<string, RegExp> {
  const patterns = new Map<string, RegExp>();
  const { properties, ...others } = partsOf(schema);
  for (const [name, property] of Object.entries(partsOf(properties))) {
    const { type, items } = partsOf(property);
    const pattern = patternOf(property) ?? (type === 'array' ? patternOf(items) : undefined);
    if (pattern !== undefined) patterns.set(name, pattern);
    else if (hasNumber(property)) throw new TypeError(`${name}: a number must stand alone or in a list`);
  }
  if (hasNumber(others)) throw new TypeError('numbers must stand in the properties');
  return patterns;
}

function patternOf(schema: unknown): RegExp | undefined {
  const { type, minimum, exclusiveMinimum } = partsOf(schema);
  if (type !== 'integer' && type !== 'number') return undefined;
  const least = minimum ?? exclusiveMinimum;
  return typeof least === 'number' && least >= 0 ? forms[type].unsigned : forms[type].signed;
}

/** Whether a schema reads a number anywhere; one that is shared cannot be looked into here, so it may. */
function hasNumber(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return Object.entries(schema).some(
    ([key, value]) =>
      key === '$ref' ||
      (key === 'type' && [value].flat().some((type) => type === 'integer' || type === 'number')) ||
      hasNumber(value),
  );
}

function partsOf(schema: unknown): Readonly<Record<string, unknown>> {
  return typeof schema === 'object' && schema !== null ? { ...schema } : {};
}

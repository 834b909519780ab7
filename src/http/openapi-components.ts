/** JSON as the OpenAPI generator gives it. */
type Json = unknown;

/** Names that are ours alone and have no place in a published document. */
const privateMarks: ReadonlySet<string> = new Set([
  'x-component',
  'x-streamed',
  'x-problems',
  'x-personal',
  'x-secret',
]);

/**
 * Moves every schema that carries a name (`x-component`) to `components.schemas` and leaves a reference, so that the
 * document says each shape once and generated clients get named types.
 *
 * @throws Error when two different schemas have one name
 */
export function hoistComponents(document: object): object {
  const components = new Map<string, string>();
  const schemas: Record<string, Json> = {};
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([name]) => !privateMarks.has(name));
    const copy = Object.fromEntries(entries.map(([name, part]) => [name, walk(part)]));
    const name: Json = 'x-component' in value ? value['x-component'] : undefined;
    if (typeof name !== 'string') return copy;
    const text = JSON.stringify(copy);
    if ((components.get(name) ?? text) !== text) throw new Error(`two different schemas are named ${name}`);
    components.set(name, text);
    schemas[name] = copy;
    return { $ref: `#/components/schemas/${name}` };
  };
  const walked: Record<string, Json> = { ...asObject(walk(document)) };
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  const given = asObject(walked.components);
  walked.components = { ...given, schemas: { ...asObject(given.schemas), ...sorted } };
  return walked;
}

function asObject(value: Json): Record<string, Json> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

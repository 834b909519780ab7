/**
 * JSON with one spelling for one value (RFC 8785): members sorted by name, no white space, numbers and strings as
 * `JSON.stringify` writes them. What it says of a value and of that value read back from `jsonb` is the same.
 *
 * Like `JSON.stringify` it asks `toJSON` and leaves out members that are undefined.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if ('toJSON' in value && typeof value.toJSON === 'function') return canonicalJson(value.toJSON());
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    // By UTF-16 code units (RFC 8785 section 3.2.3); no name stands twice.
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join()}}`;
}

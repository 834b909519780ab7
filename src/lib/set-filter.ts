import { Problem } from './problem.ts';

/**
 * Reads a set filter (api.md section 1): values joined by `|`, of which any may hold. A repeated parameter means the
 * same set, because generated clients send that.
 *
 * @param parameter the query parameter's name, for the problem
 * @returns the values named, each once, in the order of `allowed`
 * @throws Problem `badRequest`; it lists the allowed values, never the unknown one
 */
export function parseSet<const Value extends string>(
  text: string | readonly string[],
  allowed: readonly Value[],
  parameter = 'The filter',
): readonly Value[] {
  const named = new Set((typeof text === 'string' ? [text] : text).flatMap((part) => part.split('|')));
  const known = allowed.filter((value) => named.has(value));
  if (known.length === 0 || known.length !== named.size) {
    throw new Problem('badRequest', {
      detail: `${parameter} must be one or more of ${allowed.join(', ')}, joined by |.`.slice(0, 256),
      attributes: { allowed: [...allowed] },
    });
  }
  return known;
}

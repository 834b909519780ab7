import { Problem } from './problem.ts';

export interface SortKey<Field extends string> {
  readonly field: Field;
  readonly descending: boolean;
}

/** The longest `sortBy` that is read. */
export const sortCharactersMax = 200;

/**
 * Reads `sortBy=name,-createdAt`: fields in order of weight, `-` for descending, each at most once. The order is
 * completed by `id` in the direction of the last field, so that it is total and one index serves it both ways.
 *
 * @param allowed the fields that can be sorted by
 * @throws Problem `badRequest`; it lists the allowed fields, never the unknown one
 */
export function parseSort<const Field extends string>(
  text: string,
  allowed: readonly Field[],
): readonly SortKey<Field | 'id'>[] {
  const keys: SortKey<Field | 'id'>[] = [];
  for (const part of text.slice(0, sortCharactersMax + 1).split(',')) {
    const descending = part.startsWith('-');
    const name = descending ? part.slice(1) : part;
    const field = allowed.find((candidate) => candidate === name);
    if (field === undefined || keys.some((key) => key.field === field)) throw invalidSort(allowed);
    keys.push({ field, descending });
  }
  if (!keys.some((key) => key.field === 'id')) keys.push({ field: 'id', descending: keys.at(-1)?.descending ?? false });
  return keys;
}

function invalidSort(allowed: readonly string[]): Problem {
  return new Problem('badRequest', {
    detail:
      `sortBy must name some of ${allowed.join(', ')}, each once, joined by commas; - before a name sorts descending.`.slice(
        0,
        256,
      ),
    attributes: { allowed: [...allowed] },
  });
}

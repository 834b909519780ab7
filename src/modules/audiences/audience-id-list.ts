import { isResourceId } from '../../http/schema-parts.ts';
import { Problem } from '../../lib/problem.ts';

/** With the comma after it. */
export const listedIdCharacters = 49;

/**
 * Reads a list of audience ids.
 *
 * @throws Problem `badRequest` for ids out of form, one that stands there twice, and for too few or too many
 */
export function parseAudienceIds(text: string, size: { min: number; max: number }): readonly string[] {
  const ids = text.split(',');
  const isOfSize = ids.length >= size.min && ids.length <= size.max;
  if (ids.every(isResourceId) && isOfSize && new Set(ids).size === ids.length) return ids;
  throw new Problem('badRequest', {
    detail: `audiences must name ${size.min} to ${size.max} different audiences by their ids, joined by commas.`,
  });
}

/**
 * Those that were found, in the order of the ids.
 *
 * @throws Problem `notFound`, which names the position of the first that is not among them
 */
export function inOrderOf<Row extends { id: string }>(ids: readonly string[], found: readonly Row[]): Row[] {
  return ids.map((id, index) => found.find((row) => row.id === id) ?? noAudienceAt(index + 1));
}

function noAudienceAt(position: number): never {
  throw new Problem('notFound', {
    detail: `There is no audience with the id at position ${position}.`,
    attributes: { position },
  });
}

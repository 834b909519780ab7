import { FilterFaults } from './filter-faults.ts';
import type { FilterBody } from './filter-schemas.ts';

/**
 * Holds the audiences that filters ask about to those that are there for the caller.
 *
 * @param filters checked already
 * @throws Problem `invalidFilters`, which names each place
 */
export function requireAudiences(filters: readonly FilterBody[], known: ReadonlySet<string>): void {
  const faults = new FilterFaults();
  for (const { id, pointer } of audiencesIn(filters, '/filters')) {
    if (!known.has(id)) faults.add(pointer, 'there is no audience with this id.');
  }
  faults.throwAny();
}

function* audiencesIn(
  filters: readonly FilterBody[],
  pointer: string,
): Generator<{ readonly id: string; readonly pointer: string }> {
  for (const [index, filter] of filters.entries()) yield* audiencesOf(filter, `${pointer}/${index}`);
}

function* audiencesOf(filter: FilterBody, pointer: string): ReturnType<typeof audiencesIn> {
  const { filterType, values = [], anyOf = [], allOf = [], not } = filter;
  if (filterType?.id === 'customerAudience' || filterType?.name === 'customerAudience') {
    for (const [index, value] of values.entries()) yield { id: String(value), pointer: `${pointer}/values/${index}` };
  }
  yield* audiencesIn(anyOf, `${pointer}/anyOf`);
  yield* audiencesIn(allOf, `${pointer}/allOf`);
  if (not !== undefined) yield* audiencesOf(not, `${pointer}/not`);
}

import type { CheckedFilters } from './filter-check.ts';
import { FilterFaults } from './filter-faults.ts';

/**
 * Holds the audiences that filters ask about to those that are there for the caller.
 *
 * @throws Problem `invalidFilters`, which names each place
 */
export function requireAudiences({ leaves }: Pick<CheckedFilters, 'leaves'>, known: ReadonlySet<string>): void {
  const faults = new FilterFaults();
  for (const { type, values, pointer } of leaves) {
    if (type.dataType !== 'audience') continue;
    for (const [index, value] of values.entries()) {
      if (!known.has(String(value))) faults.add(`${pointer}/values/${index}`, 'there is no audience with this id.');
    }
  }
  faults.throwAny();
}

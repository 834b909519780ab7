import type { Cell } from '../bars.ts';
import { stateNames } from './us-states.ts';

/** How a tile is shaded: by the index, hatched where it is withheld, empty where no cell is the state's own. */
export type Shade = 'farBelow' | 'below' | 'even' | 'above' | 'farAbove' | 'withheld' | 'none';

/** From which index on; as far up as down: 80 is to 100 as 100 to 125. */
const steps = [
  { from: 200, shade: 'farAbove' },
  { from: 125, shade: 'above' },
  { from: 80, shade: 'even' },
  { from: 50, shade: 'below' },
  { from: 0, shade: 'farBelow' },
] as const;

export const indexShades = steps.map(({ shade }) => shade).toReversed();

export function shadeOf(cell: Cell | undefined): Shade {
  if (cell?.kind === 'withheld') return 'withheld';
  const { index } = cell ?? {};
  return index === undefined ? 'none' : (steps.find(({ from }) => index >= from)?.shade ?? 'none');
}

/** Whether the regions are the states of the US, each by its postal code; of others nobody knows where they are. */
export function areStates(cells: readonly Cell[]): boolean {
  const own = cells.flatMap(({ value }) => (value === undefined ? [] : [value]));
  return own.length > 0 && own.every((value) => stateNames.has(value));
}

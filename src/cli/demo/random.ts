/** A small deterministic source of numbers. Not for secrets: it exists so that the same seed gives the same file. */
export interface RandomSource {
  /** An integer of 0..below-1. */
  integer(below: number): number;
  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean;
  pick<T>(items: readonly T[]): T;
}

/**
 * The source of one item of one seed, so that item 1,000,000 costs what item 1 costs (mulberry32 behind a mixing step).
 */
export function randomSource(seed: number, item: number): RandomSource {
  let state = mix(seed ^ mix(item + 0x9e3779b9));
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    return mix(state);
  };
  const integer = (below: number): number => Math.floor(((next() >>> 0) / 2 ** 32) * below);
  return {
    integer,
    chance: (percent) => integer(100) < percent,
    pick: (items) => {
      const item = items[integer(items.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
  };
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 15), value | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return mixed ^ (mixed >>> 14);
}

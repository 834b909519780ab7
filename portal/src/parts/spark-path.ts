/** A size at a moment; it holds until the next one. */
export interface Size {
  readonly at: number;
  readonly count: number;
}

/**
 * The line of sizes over time as the `d` of an SVG path: steps, because a size holds until the next version. The
 * smallest and the largest size touch the edges; sizes that are all the same make a line in the middle.
 *
 * @param frame where the line is drawn, and the time that its width stands for, in milliseconds
 */
export function sparkPath(
  sizes: readonly Size[],
  frame: { width: number; height: number; from: number; to: number },
): string {
  const { width, height, from, to } = frame;
  const counts = sizes.map(({ count }) => count);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const x = (at: number) => round((Math.max(0, at - from) / (to - from)) * width);
  const y = (count: number) =>
    most === least ? height / 2 : round(height - ((count - least) / (most - least)) * height);
  const steps = sizes.map(({ at, count }, index) => (index === 0 ? `M0 ${y(count)}` : `H${x(at)}V${y(count)}`));
  return steps.length === 0 ? '' : `${steps.join('')}H${width}`;
}

/** What the size has changed by within the time: the last against the first. */
export function changeOf(sizes: readonly Size[]): number {
  const [first, last] = [sizes[0], sizes.at(-1)];
  return first === undefined || last === undefined ? 0 : last.count - first.count;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

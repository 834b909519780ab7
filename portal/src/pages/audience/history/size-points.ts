/** When a version was made and how many were in it. */
export interface SizePoint {
  readonly madeAt: string;
  readonly customerCount: number;
}

export interface DrawnPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly customerCount: number;
}

/** The line goes on to the present: a version is what the audience is until the next one. */
export function drawnPoints(points: readonly SizePoint[], now: number): readonly DrawnPoint[] {
  const drawn = points.map(({ madeAt, customerCount }) => ({ at: new Date(madeAt).getTime(), customerCount }));
  const last = drawn.at(-1);
  return last === undefined ? [] : [...drawn, { at: Math.max(now, last.at), customerCount: last.customerCount }];
}

const dayMs = 86_400_000;

/** Within two days the time of day tells moments apart, later the day. */
export function momentFormat(points: readonly DrawnPoint[]): (at: number) => string {
  const span = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);
  const format = new Intl.DateTimeFormat(
    'en-US',
    span < 2 * dayMs ? { timeStyle: 'short' } : { month: 'short', day: 'numeric', year: '2-digit' },
  );
  return (at) => format.format(at);
}

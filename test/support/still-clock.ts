/** A clock that only a test moves: what happens within a second of it does so on a loaded machine too. */
export function createStillClock(at: Date = new Date()): { now(): Date; advance(milliseconds: number): void } {
  let now = at.getTime();
  return {
    now: () => new Date(now),
    advance(milliseconds) {
      now += milliseconds;
    },
  };
}

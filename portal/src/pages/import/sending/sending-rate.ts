/** How a sending goes. */
export interface SendingRate {
  readonly share: number;
  readonly lines: number | undefined;
  readonly linesPerSecond: number | undefined;
  readonly remainingSeconds: number | undefined;
}

/** Before so much time has passed a rate is a guess that jumps. */
const settleMs = 400;

/** @param lineCount of the whole list, as far as it is known */
export function sendingRate(state: {
  sentBytes: number;
  totalBytes: number;
  elapsedMs: number;
  lineCount: number | undefined;
}): SendingRate {
  const { sentBytes, totalBytes, elapsedMs, lineCount } = state;
  const share = totalBytes === 0 ? 1 : sentBytes / totalBytes;
  const lines = lineCount === undefined ? undefined : Math.round(lineCount * share);
  const isSettled = elapsedMs >= settleMs && sentBytes > 0;
  return {
    share,
    lines,
    linesPerSecond: lines === undefined || !isSettled ? undefined : Math.round((lines / elapsedMs) * 1_000),
    remainingSeconds: isSettled ? Math.ceil((elapsedMs * (1 - share)) / share / 1_000) : undefined,
  };
}

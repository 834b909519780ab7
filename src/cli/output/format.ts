const numbers = new Intl.NumberFormat('en-US');

/** `1234567` -> `1,234,567`. */
export function formatCount(count: number): string {
  return numbers.format(count);
}

/** `1 line`, `12,000 lines`. */
export function formatQuantity(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** `0.4 s`, `12 s`, `3 min 20 s`. */
export function formatDuration(durationMs: number): string {
  const seconds = durationMs / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Decimal units, as disks and file managers count: `5.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `17, 21, 3000 and more`: the first few of a list of line numbers, plain, because commas stand between them. */
export function formatLineNumbers(
  recordNumbers: readonly number[],
  options: { shownMax: number; more: boolean },
): string {
  const shown = recordNumbers.slice(0, options.shownMax).join(', ');
  return options.more || recordNumbers.length > options.shownMax ? `${shown} and more` : shown;
}

import { Presets, SingleBar } from 'cli-progress';
import type { CliContext, OutputStream } from '../context.ts';
import { formatBytes, formatCount } from './format.ts';

export interface Progress {
  /** @param doneBytes of `totalBytes` */
  update(doneBytes: number): void;
  /** Everything is sent; what goes on now has no measure. */
  wait(label: string): void;
  stop(): void;
}

export interface ProgressOptions {
  readonly label: string;
  readonly totalBytes: number;
  /** What is counted instead of bytes, e.g. `customers`. */
  readonly counted?: string;
  /** Nothing is shown, e.g. with `--json`. */
  readonly silent: boolean;
}

/** Without a terminal a small file is not worth a line, and a large one gets four: a log of a job stays readable. */
const plainBytesMin = 4_000_000;
const plainCountMin = 10_000;
const plainStepPercent = 25;
const barWidth = 32;

/** A bar on a terminal, a few plain lines elsewhere. Goes to standard error. */
export function startProgress(context: CliContext, options: ProgressOptions): Progress {
  if (options.silent) return { update: () => {}, wait: () => {}, stop: () => {} };
  return context.stderr.isTTY === true ? startBar(context.stderr, options) : startPlain(context.stderr, options);
}

function startBar(stream: OutputStream, options: ProgressOptions): Progress {
  const bar = new SingleBar(
    {
      stream,
      clearOnComplete: true,
      hideCursor: true,
      barsize: barWidth,
      format: `${options.label} {bar} {percentage}%  {amounts}`,
    },
    Presets.shades_classic,
  );
  const amounts = (doneBytes: number) => ({ amounts: amountsOf(options, doneBytes) });
  let isWaiting = false;
  bar.start(Math.max(1, options.totalBytes), 0, amounts(0));
  return {
    update: (doneBytes) => bar.update(Math.min(doneBytes, options.totalBytes), amounts(doneBytes)),
    wait: (label) => {
      bar.stop();
      isWaiting = true;
      stream.write(`\r${label} ...`);
    },
    stop: () => {
      bar.stop();
      // CSI K: to the end of the line (ECMA-48).
      if (isWaiting) stream.write('\r\u001b[K');
    },
  };
}

function startPlain(stream: OutputStream, options: ProgressOptions): Progress {
  const isWorthIt = options.totalBytes >= (options.counted === undefined ? plainBytesMin : plainCountMin);
  let saidPercent = 0;
  return {
    update: (doneBytes) => {
      const percent = Math.floor((100 * doneBytes) / Math.max(1, options.totalBytes));
      if (!isWorthIt || percent < saidPercent + plainStepPercent) return;
      saidPercent = percent - (percent % plainStepPercent);
      stream.write(`${options.label} ${saidPercent}%  ${amountsOf(options, doneBytes)}\n`);
    },
    wait: (label) => {
      if (isWorthIt) stream.write(`${label} ...\n`);
    },
    stop: () => {},
  };
}

function amountsOf(options: ProgressOptions, doneBytes: number): string {
  if (options.counted !== undefined) {
    return `${formatCount(doneBytes)} of ${formatCount(options.totalBytes)} ${options.counted}`;
  }
  return `${formatBytes(Math.min(doneBytes, options.totalBytes))} of ${formatBytes(options.totalBytes)}`;
}

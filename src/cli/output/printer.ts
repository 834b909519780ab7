import { once } from 'node:events';
import type { CliContext } from '../context.ts';
import { createStyle, type Style } from './style.ts';

/**
 * Where a command speaks: results on standard output, remarks and progress on standard error. With `--json` the one
 * JSON document is all that standard output carries, and remarks are left out.
 */
export interface Printer {
  readonly json: boolean;
  readonly style: Style;
  /** A line for people; nothing with `--json`. */
  line(text?: string): void;
  /** The beginning of a line for people. */
  part(text: string): void;
  /** A line that belongs to no result (progress, hints), on standard error; nothing with `--json`. */
  remark(text: string): void;
  /** The result for programs; nothing without `--json`. */
  result(value: unknown): void;
}

export function createPrinter(context: CliContext, options: { json: boolean }): Printer {
  const style = createStyle(context.stdout);
  return {
    json: options.json,
    style,
    line: (text = '') => {
      if (!options.json) context.stdout.write(`${text}\n`);
    },
    part: (text) => {
      if (!options.json) context.stdout.write(text);
    },
    remark: (text) => {
      if (!options.json) context.stderr.write(`${text}\n`);
    },
    result: (value) => {
      if (options.json) context.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    },
  };
}

/** Writes with back-pressure: a slow reader of a long export must not fill the memory. */
export async function writeText(stream: CliContext['stdout'], text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}

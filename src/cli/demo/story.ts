import { formatDuration } from '../output/format.ts';
import type { Printer } from '../output/printer.ts';

/** A step says in one short line what came of it, and may hand something on. */
export interface StepResult<T> {
  readonly said: string;
  readonly value: T;
}

/** Tells what happens while it happens: the name of a step stands there before it is done. */
export interface Story {
  step<T>(name: string, work: () => Promise<StepResult<T>>): Promise<T>;
}

const nameWidth = 11;
/** Quicker steps need no time told. */
const toldMsMin = 300;

export function createStory(printer: Printer): Story {
  let number = 0;
  return {
    async step(name, work) {
      number += 1;
      const { faint, bold } = printer.style;
      printer.part(`${faint(String(number).padStart(2))}  ${bold(name.padEnd(nameWidth))} `);
      const startedAt = performance.now();
      try {
        const { said, value } = await work();
        const tookMs = performance.now() - startedAt;
        printer.line(tookMs < toldMsMin ? said : `${said} ${faint(`(${formatDuration(tookMs)})`)}`);
        return value;
      } catch (error) {
        printer.line(printer.style.bad('failed'));
        throw error;
      }
    },
  };
}

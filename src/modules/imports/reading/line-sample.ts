import { sampleLinesMax } from './reading-limits.ts';

/** 2^32 divided by the golden ratio: multiples of it are spread evenly, so that any part of a list is sampled alike. */
const goldenStep = 0x9e3779b1;

export interface SampledLine {
  readonly lineNumber: number;
  readonly cell: string;
}

/**
 * An even sample of the lines with one value, the same for the same list. It holds raw values: forget it once they are
 * tokenised. Between 1,000 and 2,000 are kept while the length of the list is unknown.
 */
export class LineSample {
  #threshold = 2 ** 32;
  #lines: SampledLine[] = [];

  wants(lineNumber: number): boolean {
    return Math.imul(lineNumber, goldenStep) >>> 0 < this.#threshold;
  }

  /** Only for lines that `wants` accepts. */
  add(lineNumber: number, cell: string): void {
    this.#lines.push({ lineNumber, cell });
    if (this.#lines.length <= 2 * sampleLinesMax) return;
    this.#threshold /= 2;
    this.#lines = this.#lines.filter((line) => this.wants(line.lineNumber));
  }

  /** At most 1,000 lines in ascending order. */
  take(): SampledLine[] {
    const lines = this.#lines;
    this.#lines = [];
    const size = Math.min(lines.length, sampleLinesMax);
    const taken: SampledLine[] = [];
    for (let index = 0; index < size; index += 1) {
      const line = lines[Math.floor((index * lines.length) / size)];
      if (line !== undefined) taken.push(line);
    }
    return taken;
  }
}

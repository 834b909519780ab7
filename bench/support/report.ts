import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';

/** One measured figure. A ratio compares with the floor or peer that was measured in the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly floor?: { readonly name: string; readonly value: number };
  readonly ratio?: number;
  /** What the project promises, e.g. `ratio at most 1.5`, and whether this run kept it. */
  readonly target?: { readonly text: string; readonly met: boolean };
}

export interface BenchResult {
  readonly bench: string;
  readonly engine: string;
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly figures: readonly Figure[];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Writes the result beside the benchmarks and prints it as a table. */
export function report(result: BenchResult): void {
  const folder = join(import.meta.dirname, '..', 'results');
  mkdirSync(folder, { recursive: true });
  const machine = {
    processors: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
  const body = { ...result, at: new Date().toISOString(), machine };
  writeFileSync(join(folder, `${result.bench}-${result.engine}.json`), `${JSON.stringify(body, undefined, 2)}\n`);
  print(result);
}

function print(result: BenchResult): void {
  const parameters = Object.entries(result.parameters).map(([name, value]) => `${name} ${thousands(value)}`);
  console.log(`\n${result.bench} on ${result.engine} (${parameters.join(', ')})`);
  const rows = result.figures.map((figure) => [
    figure.name,
    `${thousands(figure.value)} ${figure.unit}`,
    figure.floor === undefined ? '' : `${figure.floor.name} ${thousands(figure.floor.value)}`,
    figure.ratio === undefined ? '' : `${figure.ratio.toFixed(2)}x`,
    figure.target === undefined ? '' : `${figure.target.met ? 'met' : 'MISSED'}: ${figure.target.text}`,
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 || column === 4 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${cells.join('  ').trimEnd()}`);
  }
}

function thousands(value: number | string): string {
  if (typeof value === 'string') return value;
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

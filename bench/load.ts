import type { BenchContext } from './support/context.ts';
import { floorOfLoad, loadFile } from './support/load-file.ts';
import type { BenchResult, Figure } from './support/report.ts';

const ratioMin = 0.3;
const loopDelayMsMax = 50;

/** A load of the whole base, against COPY of the finished rows into the same tables with the same keys. */
export async function benchLoad(context: BenchContext, file: string): Promise<BenchResult> {
  await context.server.loopDelayMs();
  context.server.resetPeak();
  const idleBytes = context.server.residentBytes();
  const seconds = await loadFile(context, '/service/customerLoads?mode=upsert', file);
  const loopDelay = await context.server.loopDelayMs();
  const floor =
    context.databaseUrl === undefined
      ? undefined
      : await floorOfLoad(context, context.databaseUrl, ['customer', 'customer_identifier']);
  const speed = context.customers / seconds;
  const figures: Figure[] = [
    {
      name: 'load, three identifiers a customer',
      value: speed,
      unit: 'customers/s',
      ...(floor === undefined
        ? {}
        : {
            floor: { name: 'COPY of finished rows, customers/s', value: context.customers / floor },
            ratio: floor / seconds,
            target: { text: `at least ${ratioMin}x`, met: floor / seconds >= ratioMin },
          }),
    },
    {
      name: '  event loop p99',
      value: loopDelay,
      unit: 'ms',
      target: { text: `at most ${loopDelayMsMax} ms`, met: loopDelay <= loopDelayMsMax },
    },
    { name: '  peak memory over idle', value: (context.server.peakBytes() - idleBytes) / 2 ** 20, unit: 'MiB' },
  ];
  return { bench: 'load', engine: context.engine, parameters: { customers: context.customers }, figures };
}

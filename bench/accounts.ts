import type { BenchContext } from './support/context.ts';
import { floorOfLoad, loadFile } from './support/load-file.ts';
import type { BenchResult, Figure } from './support/report.ts';

const ratioMin = 0.3;
const loopDelayMsMax = 50;
const path = '/service/accountLoads?mode=upsert';

/**
 * A load of the accounts of the whole base, against COPY of the finished rows, measures too, into equal tables; then the
 * same file again, which changes nothing.
 */
export async function benchAccounts(
  context: BenchContext,
  { file, accounts }: { file: string; accounts: number },
): Promise<BenchResult> {
  await context.server.loopDelayMs();
  context.server.resetPeak();
  const idleBytes = context.server.residentBytes();
  const seconds = await loadFile(context, path, file);
  const loopDelay = await context.server.loopDelayMs();
  const peakBytes = context.server.peakBytes() - idleBytes;
  const floor =
    context.databaseUrl === undefined
      ? undefined
      : await floorOfLoad(context, context.databaseUrl, ['account', 'customer_measure']);
  const again = await loadFile(context, path, file);
  const figures: Figure[] = [
    {
      name: 'load of accounts, with measures',
      value: accounts / seconds,
      unit: 'accounts/s',
      ...(floor === undefined
        ? {}
        : {
            floor: { name: 'COPY of finished rows, accounts/s', value: accounts / floor },
            ratio: floor / seconds,
            target: { text: `at least ${ratioMin}x`, met: floor / seconds >= ratioMin },
          }),
    },
    { name: '  the same file again', value: accounts / again, unit: 'accounts/s' },
    {
      name: '  event loop p99',
      value: loopDelay,
      unit: 'ms',
      target: { text: `at most ${loopDelayMsMax} ms`, met: loopDelay <= loopDelayMsMax },
    },
    { name: '  peak memory over idle', value: peakBytes / 2 ** 20, unit: 'MiB' },
  ];
  return { bench: 'accounts', engine: context.engine, parameters: { customers: context.customers, accounts }, figures };
}

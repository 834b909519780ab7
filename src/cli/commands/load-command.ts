import { type Command, Option } from 'commander';
import { createApiClient } from '../client/api-client.ts';
import type { BaseLoadAnswer } from '../client/api-schemas.ts';
import { baseFileBytes, baseFileFormat, type LoadedKind, type LoadOrder, loadBase } from '../client/base-load.ts';
import { clientSettings } from '../client/client-settings.ts';
import { localFile } from '../client/list-file.ts';
import type { CliContext } from '../context.ts';
import { formatCount } from '../output/format.ts';
import { createPrinter } from '../output/printer.ts';
import { startProgress } from '../output/progress.ts';
import { formatFields } from '../output/table.ts';
import { type ClientOptions, clientCommand, group } from './options.ts';

interface LoadOptions extends ClientOptions {
  readonly mode: LoadOrder['mode'];
  readonly format?: LoadOrder['format'];
  readonly ignoreColumns?: string;
  readonly confirmRemovals?: boolean;
  readonly dryRun?: boolean;
}

export function customersCommand(context: CliContext): Command {
  return group('customers', 'the customer base').addCommand(loadCommand(context, 'customers'));
}

export function accountsCommand(context: CliContext): Command {
  return group('accounts', "the customers' accounts").addCommand(loadCommand(context, 'accounts'));
}

function loadCommand(context: CliContext, kind: LoadedKind): Command {
  return clientCommand('load', `load ${kind} from a CSV or NDJSON file: all of it, or nothing`)
    .argument('<file>', 'the file; .gz is unpacked')
    .addOption(
      new Option('--mode <mode>', `upsert keeps ${kind} that the file lacks, replace removes them`)
        .choices(['upsert', 'replace'])
        .default('upsert'),
    )
    .addOption(new Option('--format <format>', 'default: by the name of the file').choices(['csv', 'ndjson']))
    .option('--ignore-columns <names>', 'columns to pass over, comma separated')
    .option('--confirm-removals', 'with --mode replace: remove even more than a tenth')
    .option('--dry-run', 'say what would change, change nothing')
    .action((file: string, options: LoadOptions) => runLoad(context, { kind, file, options }));
}

async function runLoad(
  context: CliContext,
  { kind, file: fileArgument, options }: { kind: LoadedKind; file: string; options: LoadOptions },
): Promise<void> {
  const client = createApiClient(clientSettings(options, context));
  const file = await localFile(context.workingDirectory, fileArgument);
  const silent = options.json === true;
  const progress = startProgress(context, { label: 'Loading', totalBytes: file.sizeBytes, silent });
  try {
    const load = await loadBase(client, {
      kind,
      bytes: () => baseFileBytes(file, progress.update),
      format: options.format ?? baseFileFormat(file.name),
      mode: options.mode,
      ignoreColumns: options.ignoreColumns?.split(',') ?? [],
      confirmRemovals: options.confirmRemovals === true,
      dryRun: options.dryRun === true,
    });
    progress.stop();
    const printer = createPrinter(context, { json: silent });
    printer.result(load);
    for (const line of formatFields(loadFields(load))) printer.line(line);
    if (options.dryRun === true) printer.line('Dry run: nothing was changed.');
  } finally {
    progress.stop();
  }
}

export function loadFields(load: BaseLoadAnswer): readonly (readonly [string, string])[] {
  const counts: readonly (readonly [string, number | undefined])[] = [
    ['Lines', load.lineCount],
    ['Inserted', load.insertedCount],
    ['Updated', load.updatedCount],
    ['Unchanged', load.unchangedCount],
    ['Removed', load.removedCount],
    ['Returned', load.returnedCount],
    ['Invalid', load.invalidCount],
  ];
  return counts.flatMap(([name, count]) => (count === undefined ? [] : [[name, formatCount(count)] as const]));
}

import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { CliError } from '../cli-error.ts';
import { type ApiClient, createApiClient } from '../client/api-client.ts';
import { findAudience } from '../client/audience-lookup.ts';
import { clientSettings } from '../client/client-settings.ts';
import { listImportLines } from '../client/import-lines.ts';
import { type ImportOrder, type ImportOutcome, importList } from '../client/import-list.ts';
import { type LocalFile, localFile } from '../client/list-file.ts';
import type { CliContext } from '../context.ts';
import { printImport } from '../output/import-report.ts';
import { createPrinter } from '../output/printer.ts';
import { startProgress } from '../output/progress.ts';
import { type RejectFile, writeRejectFile } from '../rejects/reject-file.ts';
import { type ClientOptions, clientCommand, collect } from './options.ts';

interface ImportOptions extends ClientOptions {
  readonly type: string;
  readonly name?: string;
  readonly audience?: string;
  readonly mode?: 'add' | 'remove' | 'replace';
  readonly description?: string;
  readonly header?: boolean;
  readonly column?: string;
  readonly multipleMatches?: string;
  readonly repair?: readonly string[];
  readonly invalidRows?: string;
  readonly charset?: string;
  readonly dryRun?: boolean;
  /** A path; false with --no-rejects. */
  readonly rejects?: string | boolean;
}

export function importCommand(context: CliContext): Command {
  return clientCommand('import', 'turn a list of identifying values into an audience')
    .argument('<file>', 'the list: text or gzip, one value a line or one of its columns')
    .requiredOption('--type <identifierType>', 'what the values are: taxIdNumber, accountNumber, emailAddress, ...')
    .option('--name <name>', 'name of the audience to make')
    .option('--audience <nameOrId>', 'an audience to edit instead of making one')
    .addOption(new Option('--mode <mode>', 'with --audience').choices(['add', 'remove', 'replace']))
    .option('--description <markdown>', 'description of the audience to make')
    .option('--header', 'the first line is a header')
    .option('--column <nameOrNumber>', 'the column to read, by header name or 1-based number')
    .addOption(
      new Option('--multiple-matches <policy>', 'a line that names several customers').choices(['include', 'exclude']),
    )
    .option('--repair <repair>', 'mend values before they are matched: restoreLeadingZeros', collect)
    .addOption(new Option('--invalid-rows <policy>', 'what invalid lines do').choices(['skip', 'reject']))
    .option('--charset <charset>', 'how the list is encoded (default: found out)')
    .option('--dry-run', 'say what would become of the list, make nothing')
    .option('--rejects <file>', 'where the lines that became nobody go (default: FILE.rejects.csv)')
    .option('--no-rejects', 'do not write them')
    .action((file: string, options: ImportOptions) => runImport(context, file, options));
}

async function runImport(context: CliContext, fileArgument: string, options: ImportOptions): Promise<void> {
  const client = createApiClient(clientSettings(options, context));
  const file = await localFile(context.workingDirectory, fileArgument);
  const order = await importOrder(client, file, options);
  const outcome = await sendList(context, client, order, options.json === true);
  const printer = createPrinter(context, { json: options.json === true });
  const rejectsPath = typeof options.rejects === 'string' ? options.rejects : `${fileArgument}.rejects.csv`;
  const target = resolve(context.workingDirectory, rejectsPath);
  const rejects =
    options.rejects === false ? undefined : await writeRejects(client, { outcome, file, options, target });
  printImport(printer, { outcome, rejects, rejectsPath, dryRun: order.dryRun });
  if (outcome.refusal !== undefined) throw new CliError(outcome.refusal);
}

async function importOrder(client: ApiClient, file: LocalFile, options: ImportOptions): Promise<ImportOrder> {
  const fields = {
    identifierType: options.type,
    fileName: file.name,
    includesHeader: options.header === true,
    column: options.column,
    multipleMatches: options.multipleMatches,
    repairs: options.repair,
    invalidRows: options.invalidRows,
    charset: options.charset,
  };
  const dryRun = options.dryRun === true;
  if (options.audience === undefined) {
    if (options.name === undefined) throw new CliError('give --name for a new audience, or --audience to edit one');
    if (options.mode !== undefined) throw new CliError('--mode edits an audience: give --audience instead of --name');
    return { file, dryRun, fields: { ...fields, name: options.name, description: options.description } };
  }
  if (options.name !== undefined || options.description !== undefined) {
    throw new CliError('--audience edits an audience, which has its name and description: leave those out');
  }
  const mode = options.mode ?? 'add';
  const audience = await findAudience(client, options.audience);
  const entityTag = mode === 'replace' ? await readEntityTag(client, audience.id) : undefined;
  return {
    file,
    dryRun,
    fields: { ...fields, mode },
    edit: { audienceId: audience.id, ...(entityTag === undefined ? {} : { entityTag }) },
  };
}

async function readEntityTag(client: ApiClient, audienceId: string): Promise<string | undefined> {
  const { headers } = await client.send({ path: `/service/customerAudiences/${encodeURIComponent(audienceId)}` });
  return headers.get('etag') ?? undefined;
}

async function sendList(
  context: CliContext,
  client: ApiClient,
  order: ImportOrder,
  silent: boolean,
): Promise<ImportOutcome> {
  const progress = startProgress(context, { label: 'Sending', totalBytes: order.file.sizeBytes, silent });
  try {
    return await importList(client, order, { onBytes: progress.update, onSent: () => progress.wait('Matching') });
  } finally {
    progress.stop();
  }
}

/** @returns undefined when every line became somebody */
async function writeRejects(
  client: ApiClient,
  list: { outcome: ImportOutcome; file: LocalFile; options: ImportOptions; target: string },
): Promise<RejectFile | undefined> {
  const { ledger } = list.outcome;
  const excluded = list.options.multipleMatches === 'exclude';
  const outcomes = [
    ...(ledger.invalidCount > 0 ? ['invalid'] : []),
    ...(ledger.unmatchedCount > 0 ? ['unmatched'] : []),
    ...(ledger.ambiguousCount > 0 && excluded ? ['ambiguous'] : []),
  ];
  if (outcomes.length === 0) return undefined;
  const shape = {
    path: list.file.path,
    identifierType: list.options.type,
    includesHeader: list.options.header === true,
    ...(list.options.column === undefined ? {} : { column: list.options.column }),
    ...(list.options.charset === undefined ? {} : { charset: list.options.charset }),
  };
  return await writeRejectFile(shape, listImportLines(client, ledger.id, outcomes), list.target);
}

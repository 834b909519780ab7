import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { createApiClient } from '../client/api-client.ts';
import type { AudienceAnswer } from '../client/api-schemas.ts';
import {
  type ExportChannel,
  type ExportFormat,
  exportChannels,
  type WrittenMembers,
  writeMembers,
} from '../client/audience-export.ts';
import { findAudience, listAudiences } from '../client/audience-lookup.ts';
import { clientSettings } from '../client/client-settings.ts';
import type { CliContext } from '../context.ts';
import { formatCount, formatQuantity } from '../output/format.ts';
import { createPrinter, writeText } from '../output/printer.ts';
import { safeText } from '../output/safe-text.ts';
import { formatTable } from '../output/table.ts';
import { writeFileWhole } from '../output/whole-file.ts';
import { type ClientOptions, clientCommand, group } from './options.ts';

interface ListOptions extends ClientOptions {
  readonly name?: string;
  readonly state?: string;
}

interface ExportOptions extends ClientOptions {
  readonly format: ExportFormat;
  readonly channel: ExportChannel;
  readonly output?: string;
}

export function audiencesCommand(context: CliContext): Command {
  const list = clientCommand('list', 'list the audiences, newest first')
    .option('--name <part>', 'only those whose name contains this')
    .addOption(new Option('--state <state>', 'only those in this state').choices(['active', 'archived']))
    .action((options: ListOptions) => runList(context, options));
  const members = clientCommand('export', 'write the members of an audience, complete or not at all')
    .argument('<nameOrId>', 'the audience')
    .addOption(
      new Option('--format <format>', 'csv is exact: cells are not changed for spreadsheets')
        .choices(['csv', 'ndjson'])
        .default('csv'),
    )
    .addOption(
      new Option('--channel <channel>', 'how they are to be contacted: whom suppressions hold back is left out')
        .choices(exportChannels)
        .default('any'),
    )
    .option('-o, --output <file>', 'where to write (default: standard output)')
    .action((nameOrId: string, options: ExportOptions) => runExport(context, nameOrId, options));
  return group('audiences', 'list and export audiences').addCommand(list).addCommand(members);
}

async function runList(context: CliContext, options: ListOptions): Promise<void> {
  const client = createApiClient(clientSettings(options, context));
  const audiences = await listAudiences(client, {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.state === undefined ? {} : { state: options.state }),
  });
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ items: audiences, count: audiences.length });
  if (audiences.length === 0) printer.line('No audience yet: "rollcall import FILE --type T --name N" makes one.');
  else for (const line of audienceTable(audiences)) printer.line(line);
}

export function audienceTable(audiences: readonly AudienceAnswer[]): readonly string[] {
  return formatTable(
    [{ title: 'name' }, { title: 'customers', align: 'right' }, { title: 'kind' }, { title: 'made' }, { title: 'id' }],
    audiences.map(({ name, customerCount, kind = '', state, createdAt = '', id }) => [
      safeText(name),
      formatCount(customerCount),
      safeText(state === 'archived' ? `${kind}, archived` : kind),
      safeText(createdAt.slice(0, 16).replace('T', ' ')),
      safeText(id),
    ]),
  );
}

async function runExport(context: CliContext, nameOrId: string, options: ExportOptions): Promise<void> {
  const client = createApiClient(clientSettings(options, context));
  const audience = await findAudience(client, nameOrId);
  if (options.output === undefined) {
    // A pipe wants rows at once; the exit code says whether they were all.
    await writeMembers(client, audience.id, options, (text) => writeText(context.stdout, text));
    return;
  }
  const { output } = options;
  let written: WrittenMembers = { rowCount: 0, withheldCount: 0, heldBackCount: 0 };
  await writeFileWhole(resolve(context.workingDirectory, output), async (write) => {
    written = await writeMembers(client, audience.id, options, write);
  });
  const printer = createPrinter(context, { json: options.json === true });
  printer.result({ audienceId: audience.id, name: audience.name, output, ...written });
  const { rowCount, withheldCount, heldBackCount } = written;
  const left = [
    ...(withheldCount === 0 ? [] : [`${formatQuantity(withheldCount, 'member')} left the base since`]),
    ...(heldBackCount === 0 ? [] : [`${formatQuantity(heldBackCount, 'member')} held back by suppressions`]),
  ];
  const others = left.length === 0 ? '' : ` (${left.join(', ')})`;
  printer.line(
    `${formatQuantity(rowCount, 'customer')} of "${safeText(audience.name)}" in ${safeText(output)}${others}`,
  );
}

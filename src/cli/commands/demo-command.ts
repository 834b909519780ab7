import { resolve } from 'node:path';
import type { Command } from 'commander';
import { createApiClient } from '../client/api-client.ts';
import type { CliContext } from '../context.ts';
import type { DemoClient } from '../demo/demo-bank.ts';
import { createStory } from '../demo/story.ts';
import { createPrinter, type Printer } from '../output/printer.ts';
import { formatFields } from '../output/table.ts';
import type { RunningServer } from '../start-server.ts';
import { type CommonOptions, command, portNumber } from './options.ts';

interface DemoOptions extends CommonOptions {
  readonly exit?: boolean;
  readonly port?: number;
}

const institutionId = 'DEMOBANK';
const membersFile = 'demo-members.csv';

export function demoCommand(context: CliContext): Command {
  return command('demo', 'a tour with 20,000 made-up customers; it stays up for you to look around')
    .option('--exit', 'end after the tour')
    .option('--port <port>', 'port of the API (ROLLCALL_PORT; default 8787)', portNumber)
    .action((options: DemoOptions) => runDemo(context, options));
}

async function runDemo(context: CliContext, options: DemoOptions): Promise<void> {
  const printer = createPrinter(context, { json: options.json === true });
  const story = createStory(printer);
  printer.line(printer.style.bold('Rollcall: a list goes in, an audience comes out, and every line is accounted for.'));
  printer.line();
  await using resources = new AsyncDisposableStack();
  const { server, clock } = await story.step('Server', () => startDemoServer(context, options));
  resources.defer(() => server.close());
  const { prepareDemoBank, prepareDemoClient } = await import('../demo/demo-bank.ts');
  const parts = { database: server.database, keyring: server.keyring, clock };
  await story.step('Bank', () => prepareDemoBank(parts, { institutionId }));
  const credentials = await story.step('Client', () => prepareDemoClient(parts, { institutionId }));
  const client = createApiClient({ server: server.address, credentials, apiKey: undefined });
  const { runTour } = await import('../demo/demo-tour.ts');
  const members = { path: resolve(context.workingDirectory, membersFile), shown: membersFile };
  const tour = await runTour({ client, printer, story, clock }, members);
  const { audience, ledger, filtered, rowCount } = tour;
  const result = { audience, import: ledger, members: { path: members.path, rowCount }, filtered };
  printer.result({ address: server.address, ...result });
  if (options.exit === true) return;
  const stopped = context.untilStopped();
  printPlaces(printer, { address: server.address, client: credentials });
  await printFirstSignIn(printer, server);
  printer.line();
  printer.line(printer.style.faint('Ctrl-C ends it.'));
  await Promise.race([stopped, server.failed]);
  printer.line('Stopping.');
}

async function startDemoServer(context: CliContext, options: DemoOptions) {
  const { readConfig } = await import('../../config.ts');
  const { startServer } = await import('../start-server.ts');
  const { createDemoClock } = await import('../demo/demo-clock.ts');
  const { demoWeeks } = await import('../demo/demo-base.ts');
  const configured = readConfig(context.environment);
  const config = {
    ...configured,
    port: options.port ?? configured.port,
    // The demo touches no database but its own, opens one port and leaves the screen to the tour.
    databaseUrl: undefined,
    externalIssuer: undefined,
    metricsPort: 0,
    logLevel: 'warn' as const,
  };
  const clock = createDemoClock({ dataDir: config.dataDir, weeksAgo: demoWeeks });
  const server = await startServer(config, { logTo: context.stderr, clock });
  return { said: `${server.address}, with an embedded database in ${config.dataDir}`, value: { server, clock } };
}

function printPlaces(printer: Printer, { address, client }: { address: string; client: DemoClient }): void {
  const { accent, faint, bold } = printer.style;
  printer.line();
  printer.line(bold('The server stays up. Look around:'));
  const places = [
    ['Portal', accent(address)],
    ['API reference', accent(`${address}/docs`)],
    ['OpenAPI', accent(`${address}/openapi.json`)],
    ['Members', membersFile],
  ] as const;
  for (const line of formatFields(places)) printer.line(`  ${line}`);
  printer.line();
  printer.line(faint('In another terminal (the secret lasts until the next demo):'));
  printer.line(`  export ROLLCALL_SERVER=${address}`);
  printer.line(`  export ROLLCALL_CLIENT_ID=${client.clientId}`);
  printer.line(`  export ROLLCALL_CLIENT_SECRET=${client.clientSecret}`);
  printer.line('  rollcall audiences list          (in a clone: npm run --silent rollcall -- audiences list)');
}

/** How the first person signs in, where nobody can yet. */
async function printFirstSignIn(printer: Printer, server: RunningServer): Promise<void> {
  const { firstStartLines, prepareFirstStart } = await import('../first-start.ts');
  const { database, keyring, address } = server;
  const config = { externalIssuer: undefined };
  const lines = firstStartLines(await prepareFirstStart({ config, database, keyring }, { base: address }));
  if (lines.length === 0) return;
  printer.line();
  for (const line of lines) printer.line(line);
}

import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { type CommonOptions, command, portNumber } from './options.ts';

interface ServeOptions extends CommonOptions {
  readonly host?: string;
  readonly port?: number;
}

export function serveCommand(context: CliContext): Command {
  return command('serve', 'run the server until it is asked to stop')
    .option('--host <address>', 'address to listen on (ROLLCALL_HOST)')
    .option('--port <port>', 'port of the API (ROLLCALL_PORT)', portNumber)
    .action((options: ServeOptions) => runServe(context, options));
}

async function runServe(context: CliContext, options: ServeOptions): Promise<void> {
  const { readConfig } = await import('../../config.ts');
  const { createPrinter } = await import('../output/printer.ts');
  const { startServer } = await import('../start-server.ts');
  const { firstStartLines, prepareFirstStart } = await import('../first-start.ts');
  const config = {
    ...readConfig(context.environment),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: options.port }),
  };
  // Before anybody can learn that it is up: a signal sent on that news must find its handler.
  const stopped = context.untilStopped();
  const server = await startServer(config, { logTo: context.stdout });
  const printer = createPrinter(context, { json: options.json === true });
  const base = config.publicUrl ?? server.address;
  const first = await prepareFirstStart({ config, ...server }, { base });
  const signInLink = first.outcome === 'link' ? { signInLink: first.address } : {};
  printer.result({ address: server.address, metricsAddress: server.metricsAddress, ...signInLink });
  if (server.keyFile !== undefined) printer.remark(`The master key is ${server.keyFile}: keep a copy of it elsewhere.`);
  printer.remark(`Rollcall listens on ${server.address}; the API is described at ${server.address}/docs.`);
  for (const line of firstStartLines(first)) printer.remark(line);
  await Promise.race([stopped, server.failed]);
  printer.remark('Stopping: what runs is finished first; a second signal ends at once.');
  await server.close();
}

import { Command, InvalidArgumentError, Option } from 'commander';
import type { ServerOptions } from '../client/client-settings.ts';

/** What every command takes. */
export interface CommonOptions {
  readonly json?: boolean;
}

export type ClientOptions = CommonOptions & ServerOptions;

export function command(name: string, description: string): Command {
  return new Command(name).description(description).option('--json', 'print one JSON document instead of text');
}

/** A noun with commands below it. It has no options of its own: it would take those of its commands. */
export function group(name: string, description: string): Command {
  return new Command(name).description(description);
}

/** A command that talks to a server over the published HTTP contract. */
export function clientCommand(name: string, description: string): Command {
  return command(name, description)
    .addOption(new Option('--server <address>', 'the server (ROLLCALL_SERVER; default http://127.0.0.1:8787)'))
    .addOption(new Option('--token <token>', 'the access token (ROLLCALL_TOKEN)'))
    .addOption(new Option('--client-id <id>', 'the application, instead of a token (ROLLCALL_CLIENT_ID)'))
    .addOption(new Option('--client-secret <secret>', 'its secret: fetches tokens (ROLLCALL_CLIENT_SECRET)'))
    .addOption(new Option('--api-key <key>', 'the key of this application (ROLLCALL_API_KEY)'));
}

/** Collects an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

export function portNumber(value: string): number {
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port > 65_535) throw new InvalidArgumentError('it must be a port number, 0 to 65535');
  return port;
}

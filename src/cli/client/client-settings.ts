import { readConfig } from '../../config.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';

/** The options of every client command. */
export interface ServerOptions {
  readonly server?: string;
  readonly token?: string;
  readonly apiKey?: string;
}

export interface ClientSettings {
  /** Base address without a trailing slash; may have a path of its own. */
  readonly server: string;
  readonly token: string;
  readonly apiKey: string | undefined;
}

/** Options of the command line first, then ROLLCALL_SERVER, ROLLCALL_TOKEN and ROLLCALL_API_KEY. */
export function clientSettings(options: ServerOptions, context: CliContext): ClientSettings {
  const config = readConfig(context.environment);
  const token = options.token ?? config.token;
  if (token === undefined) {
    throw new CliError('no access token: give --token or set ROLLCALL_TOKEN ("rollcall token create" makes one)');
  }
  const apiKey = options.apiKey ?? config.apiKey;
  // What a header may hold; a line break of a file that was read whole is the usual slip.
  if (![token, apiKey ?? 'none'].every((text) => /^[\x21-\x7e]+$/.test(text))) {
    throw new CliError('the access token or API key has characters that none has');
  }
  return { server: checkedServer(options.server ?? config.server), token, apiKey };
}

function checkedServer(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CliError('--server must be an address like http://127.0.0.1:8787');
  }
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new CliError('--server must be an address without user name, query and fragment');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

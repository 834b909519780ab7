import { type Config, readConfig } from '../../config.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';

/** The options of every client command. */
export interface ServerOptions {
  readonly server?: string;
  readonly token?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly apiKey?: string;
}

export interface ClientSettings {
  /** Base address without a trailing slash; may have a path of its own. */
  readonly server: string;
  /** A token, or what fetches tokens. */
  readonly credentials: { readonly token: string } | { readonly clientId: string; readonly clientSecret: string };
  readonly apiKey: string | undefined;
}

/**
 * Options of the command line first, then ROLLCALL_SERVER, ROLLCALL_TOKEN, ROLLCALL_CLIENT_ID, ROLLCALL_CLIENT_SECRET
 * and ROLLCALL_API_KEY.
 */
export function clientSettings(options: ServerOptions, context: CliContext): ClientSettings {
  const config = readConfig(context.environment);
  const credentials = credentialsOf(options, config);
  const apiKey = options.apiKey ?? config.apiKey;
  // What a header may hold; a line break of a file that was read whole is the usual slip.
  if (![...Object.values(credentials), apiKey ?? 'none'].every((text) => /^[\x21-\x7e]+$/.test(text))) {
    throw new CliError('the access token, client secret or API key has characters that none has');
  }
  return { server: checkedServer(options.server ?? config.server), credentials, apiKey };
}

/** A token wins over a client, and the command line over the environment. */
function credentialsOf(options: ServerOptions, config: Config): ClientSettings['credentials'] {
  if (options.token !== undefined) return { token: options.token };
  const named = options.clientId !== undefined || options.clientSecret !== undefined;
  if (!named && config.token !== undefined) return { token: config.token };
  const clientId = options.clientId ?? config.clientId;
  const clientSecret = options.clientSecret ?? config.clientSecret;
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret };
  if (clientId !== undefined) {
    throw new CliError('no client secret: give --client-secret or set ROLLCALL_CLIENT_SECRET');
  }
  throw new CliError(
    'no access token: give --client-id and --client-secret, or --token ("rollcall token create" makes one)',
  );
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

import type { Config } from '../config.ts';

/** Hosts that mean every address of the machine: a link needs one of them. */
const anyAddress = new Set(['0.0.0.0', '::', '']);

/**
 * The address that people reach the server by, for links that a command prints: as configured, else where this
 * configuration listens. Without a slash at its end.
 */
export function linkBase(config: Pick<Config, 'publicUrl' | 'host' | 'port' | 'server'>): string {
  if (config.publicUrl !== undefined) return config.publicUrl;
  // Any free port: only the server knows which.
  if (config.port === 0) return config.server;
  const host = anyAddress.has(config.host) ? '127.0.0.1' : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${config.port}`;
}

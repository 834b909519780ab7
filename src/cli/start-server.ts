import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DestinationStream, pino } from 'pino';
import { buildApp } from '../app.ts';
import type { Config } from '../config.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { OpenDatabase } from '../db/database.ts';
import { databaseErrorFacts } from '../db/error-facts.ts';
import { openDatabase } from '../db/open.ts';
import { describeErrors } from '../http/error-log.ts';
import { createMetrics } from '../http/metrics.ts';
import { createMetricsServer } from '../http/metrics-server.ts';
import { createJobs } from '../jobs/jobs.ts';
import { systemClock } from '../lib/clock.ts';
import { StartRefused } from '../lib/start-refused.ts';
import { createAccessVerifier } from '../modules/access/index.ts';
import { createIdempotency } from '../modules/commands/index.ts';
import { createListReader } from '../modules/imports/reading/index.ts';
import { createMaintenance } from '../modules/maintenance/index.ts';
import { openKeyring } from './open-keyring.ts';
import { ensureSchema } from './operator.ts';

export interface RunningServer {
  /** `http://127.0.0.1:8787` */
  readonly address: string;
  readonly metricsAddress: string | undefined;
  readonly database: OpenDatabase;
  readonly keyring: Keyring;
  readonly keyFile: string | undefined;
  /** Rejects when the server cannot go on. */
  readonly failed: Promise<never>;
  /** Refuses new requests, lets running ones end within the stop timeout, closes everything. */
  close(): Promise<void>;
}

/**
 * The composition root: opens database and keys, builds the application and listens.
 *
 * @throws StartRefused when the database, the schema, the keys or a port does not allow it
 */
export async function startServer(config: Config, options: { logTo: DestinationStream }): Promise<RunningServer> {
  await using started = new AsyncDisposableStack();
  const clock = systemClock;
  const logger = pino({ level: config.logLevel, base: null }, options.logTo);
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDir: config.dataDir,
    purpose: 'server',
    connectionsMax: config.poolConnectionsMax,
  });
  started.defer(() => database.close());
  await ensureSchema(database);
  const { keyring, keyFile } = await openKeyring({ config, database, clock });
  const listReader = createListReader({
    workers: config.readingWorkers,
    memoryBytesMax: config.readingMemoryBytesMax,
  });
  started.defer(() => listReader.close());
  const jobs = createJobs({
    database,
    onFailure: ({ queue, error }) => {
      logger.error({ queue, errors: describeErrors(error), database: databaseErrorFacts(error) }, 'job failed');
    },
  });
  const metrics = createMetrics();
  const access = createAccessVerifier({ database, clock });
  const idempotency = createIdempotency({ database, keyring, clock });
  const app = await buildApp({
    config,
    database,
    keyring,
    access,
    idempotency,
    jobs,
    listReader,
    clock,
    logger,
    metrics,
  });
  // Runs after the requests have ended, which may enqueue to the last.
  let jobsRun = false;
  started.defer(async () => {
    if (jobsRun) await jobs.stop({ timeoutMs: config.stopTimeoutMs });
  });
  started.defer(() => app.close());
  await jobs.start();
  jobsRun = true;
  const maintenance = createMaintenance({
    database,
    clock,
    onFailure: (error) => {
      logger.error({ errors: describeErrors(error), database: databaseErrorFacts(error) }, 'maintenance failed');
    },
  });
  maintenance.start();
  started.defer(() => maintenance.stop());
  const metricsServer = createMetricsServer(metrics);
  if (config.metricsPort !== 0)
    await listen(metricsServer, { host: config.host, port: config.metricsPort, setting: 'ROLLCALL_METRICS_PORT' });
  started.defer(() => closeServer(metricsServer));
  const listening = { host: config.host, port: config.port, setting: 'ROLLCALL_PORT or --port' };
  await app.listen({ host: config.host, port: config.port }).catch((error: unknown) => refuseAddress(error, listening));
  const failed = database.ended.then(() => {
    throw new StartRefused('the embedded database engine ended; start the server again');
  });
  // An orderly close ends the engine as well.
  failed.catch(() => {});
  const running = started.move();
  return {
    address: addressOf(app.server, config.host),
    metricsAddress: config.metricsPort === 0 ? undefined : `${addressOf(metricsServer, config.host)}/metrics`,
    database,
    keyring,
    keyFile,
    failed,
    close: () => running.disposeAsync(),
  };
}

interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** What sets the port, for people. */
  readonly setting: string;
}

async function listen(server: Server, options: ListenOptions): Promise<void> {
  server.listen({ host: options.host, port: options.port });
  await once(server, 'listening').catch((error: unknown) => refuseAddress(error, options));
}

function refuseAddress(error: unknown, { port, setting }: ListenOptions): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') throw new StartRefused(`port ${port} is taken: choose another one with ${setting}`);
  if (code === 'EACCES') throw new StartRefused(`port ${port} needs rights that this user does not have`);
  if (code === 'EADDRNOTAVAIL') throw new StartRefused('this machine does not have the address to listen on');
  throw error;
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

function addressOf(server: Server, host: string): string {
  const port = portOf(server.address());
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

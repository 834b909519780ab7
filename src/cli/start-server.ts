import { type DestinationStream, type Logger, pino } from 'pino';
import { type AppDependencies, buildApp } from '../app.ts';
import type { Config } from '../config.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { OpenDatabase } from '../db/database.ts';
import { databaseErrorFacts } from '../db/error-facts.ts';
import { openDatabase } from '../db/open.ts';
import { type BaseUrl, createBaseUrl } from '../http/base-url.ts';
import { describeErrors } from '../http/error-log.ts';
import { createMetrics, type Metrics } from '../http/metrics.ts';
import { createMetricsServer } from '../http/metrics-server.ts';
import { readTlsFiles, watchTlsFiles } from '../http/tls-files.ts';
import { createJobs } from '../jobs/jobs.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { StartRefused } from '../lib/start-refused.ts';
import { createAudit, createAuditCheckpoints } from '../modules/audit/index.ts';
import { createIdempotency } from '../modules/commands/index.ts';
import { createListReader } from '../modules/imports/reading/index.ts';
import { createTokenSigner, type TokenSigner } from '../modules/issuer/index.ts';
import { createMaintenance } from '../modules/maintenance/index.ts';
import { addressOf, closeServer, listen, refuseAddress } from './listen.ts';
import { openAccess } from './open-access.ts';
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
export async function startServer(
  config: Config,
  { logTo, clock = systemClock }: { logTo: DestinationStream; clock?: Clock },
): Promise<RunningServer> {
  await using started = new AsyncDisposableStack();
  const logger = pino({ level: config.logLevel, base: null }, logTo);
  const tls = config.tlsFiles && (await readTlsFiles(config.tlsFiles));
  const baseUrl = createBaseUrl(config);
  const { parts, signer, database, keyFile } = await openParts(started, { config, clock, logger, baseUrl });
  const app = await buildApp({ ...parts, tls });
  started.use(await startBackgroundWork(parts, signer));
  started.defer(() => app.close());
  if (config.tlsFiles !== undefined && tls !== undefined) {
    started.use(watchTlsFiles({ files: config.tlsFiles, present: tls, use: app.setTls, logger }));
  }
  const metricsServer = createMetricsServer(parts.metrics);
  started.defer(() => closeServer(metricsServer));
  const { host } = config;
  if (config.metricsPort !== 0) {
    await listen(metricsServer, { host, port: config.metricsPort, setting: 'ROLLCALL_METRICS_PORT' });
  }
  await app.recover();
  const listening = { host, port: config.port, setting: 'ROLLCALL_PORT or --port' };
  await app.listen({ host, port: config.port }).catch((error: unknown) => refuseAddress(error, listening));
  const failed = database.ended.then(() => {
    throw new StartRefused('the embedded database engine ended; start the server again');
  });
  // An orderly close ends the engine as well.
  failed.catch(() => {});
  const running = started.move();
  return {
    address: addressOf(app.server, host),
    metricsAddress: config.metricsPort === 0 ? undefined : `${addressOf(metricsServer, host)}/metrics`,
    database,
    keyring: parts.keyring,
    keyFile,
    failed,
    close: () => running.disposeAsync(),
  };
}

interface Parts {
  readonly parts: AppDependencies & { readonly metrics: Metrics };
  readonly signer: TokenSigner;
  readonly database: OpenDatabase;
  readonly keyFile: string | undefined;
}

/** All that the application depends on; what must be closed goes to `started`. */
async function openParts(
  started: AsyncDisposableStack,
  { config, clock, logger, baseUrl }: { config: Config; clock: Clock; logger: Logger; baseUrl: BaseUrl },
): Promise<Parts> {
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
    onFailure: ({ queue, error }) => logFailure(logger, 'job failed', error, queue),
  });
  const metrics = createMetrics();
  // A caller's clock may tell another time; the library that issues tokens knows the true one only.
  const signer = createTokenSigner({ keyring, clock: systemClock });
  const access = openAccess({ config, database, clock: systemClock, signer, baseUrl });
  const audit = createAudit({ keyring });
  const idempotency = createIdempotency({ database, keyring, clock });
  const parts = { config, database, keyring, access, audit, idempotency, jobs, listReader, clock, logger, metrics };
  return { parts: { ...parts, baseUrl }, signer, database, keyFile };
}

/** Jobs and maintenance. They end after the requests, which may enqueue to the last. */
async function startBackgroundWork(
  { config, database, keyring, jobs, clock, logger }: AppDependencies,
  signer: TokenSigner,
): Promise<AsyncDisposable> {
  await jobs.start();
  const onFailure = (error: unknown) => logFailure(logger, 'maintenance failed', error);
  const checkpoints = createAuditCheckpoints({ database, keyring, logger });
  const maintenance = createMaintenance({ database, clock, checkpoints, signer, onFailure });
  maintenance.start();
  return {
    async [Symbol.asyncDispose]() {
      await maintenance.stop();
      await jobs.stop({ timeoutMs: config.stopTimeoutMs });
      // Nothing acts any more: the end of every chain as this process leaves it.
      await checkpoints.write().catch(onFailure);
    },
  };
}

/** Facts only: messages of errors quote values. */
function logFailure(logger: Logger, message: string, error: unknown, queue?: string): void {
  logger.error({ queue, errors: describeErrors(error), database: databaseErrorFacts(error) }, message);
}

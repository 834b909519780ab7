import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { databaseErrorFacts } from '../error-facts.ts';
import type { CopyRequest, EngineReply, EngineRequest, EngineWorkerData } from './engine-messages.ts';

/** Our pool, and CLI commands that reach a running server. */
const connectionsMax = 16;

/** PGlite answers what PostgreSQL refuses over the protocol; when it throws, the engine itself has broken. */
class WatchedEngine extends PGlite {
  override async execProtocolRawStream(...[message, options]: Parameters<PGlite['execProtocolRawStream']>) {
    try {
      await super.execProtocolRawStream(message, options);
    } catch (cause) {
      // The socket server would leave every client waiting for ever: end the worker instead, which ends the server.
      setImmediate(() => {
        throw new Error('the embedded engine broke down', { cause });
      });
      throw cause;
    }
  }
}

const { directory, socketPath }: EngineWorkerData = workerData;
const engine = new WatchedEngine({ dataDir: directory });
await engine.waitReady;
const server = new PGLiteSocketServer({ db: engine, path: socketPath, maxConnections: connectionsMax });
await server.start();
parentPort?.on('message', (request: EngineRequest) => {
  if (request.kind === 'copy') void copy(request);
  else void close();
});
reply({ kind: 'ready' });

/**
 * One message of several statements is one implicit transaction if none is open, so the check and the copy stand or
 * fall together: bytes never land in the transaction of somebody else.
 */
async function copy({ id, transactionId, statement, role, file }: CopyRequest): Promise<void> {
  const check = `do $$ begin
    if pg_current_xact_id_if_assigned()::text is distinct from '${transactionId}' then
      raise exception using errcode = '25000', message = 'the transaction of the copy has ended';
    end if;
  end $$`;
  try {
    await engine.exec(`${check}; set local role none; ${statement}; set local role ${role}`, {
      blob: new Blob([file]),
    });
    reply({ kind: 'copied', id });
  } catch (error) {
    reply({ kind: 'copied', id, failure: databaseErrorFacts(error) ?? {} });
  }
}

async function close(): Promise<void> {
  await server.stop();
  // The next start then has no log to replay; without it that is slower, nothing worse.
  await engine.exec('checkpoint').catch(() => {});
  await engine.close();
  reply({ kind: 'closed' });
  parentPort?.close();
}

function reply(message: EngineReply): void {
  parentPort?.postMessage(message);
}

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { workerUrl } from '../../lib/worker-url.ts';
import type { CopyFailure, EngineReply, EngineRequest, EngineWorkerData } from './engine-messages.ts';
import { socketFile, socketPathBytesMax } from './socket-address.ts';

export interface EmbeddedEngine {
  /** Directory of the unix socket; pg takes it as `host`. */
  readonly socketDirectory: string;
  /** Runs a complete binary COPY file inside the transaction; rejects with the failure's code. */
  copy(request: CopyOrder): Promise<void>;
  close(): Promise<void>;
  /** Settles when the worker has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

export interface CopyOrder {
  readonly transactionId: string;
  readonly statement: string;
  readonly role: string;
  readonly file: Uint8Array<ArrayBuffer>;
}

/** Starts PGlite over `directory` in a worker thread, listening in a private 0700 directory of its own. */
export async function startEmbeddedEngine(directory: string): Promise<EmbeddedEngine> {
  const socketDirectory = await makeSocketDirectory();
  const data: EngineWorkerData = { directory, socketPath: socketFile(socketDirectory) };
  const worker = new Worker(workerUrl(import.meta.url, 'engine-worker'), { workerData: data });
  const copies = new PendingCopies();
  const ended = once(worker, 'exit').then(async () => {
    copies.failAll();
    await rm(socketDirectory, { recursive: true, force: true });
  });
  ended.catch(() => {});
  worker.on('message', (reply: EngineReply) => {
    if (reply.kind === 'copied') copies.settle(reply.id, reply.failure);
  });
  await ready(worker, ended);
  return {
    socketDirectory,
    ended,
    copy: ({ transactionId, statement, role, file }) =>
      copies.add((id) => {
        send(worker, { kind: 'copy', id, transactionId, statement, role, file: file.buffer }, [file.buffer]);
      }),
    async close() {
      send(worker, { kind: 'close' });
      await ended;
    },
  };
}

/** Private (mkdtemp makes it 0700) and short: the path of a socket ends at 107 bytes, which a long TMPDIR exceeds. */
async function makeSocketDirectory(): Promise<string> {
  const longest = socketFile(join(tmpdir(), 'rollcall-XXXXXX'));
  const parent = Buffer.byteLength(longest) <= socketPathBytesMax ? tmpdir() : '/tmp';
  return await mkdtemp(join(parent, 'rollcall-'));
}

async function ready(worker: Worker, ended: Promise<void>): Promise<void> {
  const failure = new Promise<never>((_, reject) => worker.once('error', reject));
  failure.catch(() => {});
  const message = once(worker, 'message');
  message.catch(() => {});
  await Promise.race([
    message,
    failure,
    ended.then(() => {
      throw new Error('the embedded engine ended while it started');
    }),
  ]);
}

function send(worker: Worker, request: EngineRequest, transfer: ArrayBuffer[] = []): void {
  worker.postMessage(request, transfer);
}

/** A copy that PostgreSQL refused, reduced to facts that hold no value. */
class CopyRefused extends Error {
  readonly code: string | undefined;
  readonly column: string | undefined;
  readonly routine: string | undefined;

  constructor(failure: CopyFailure) {
    super('the embedded engine refused the copy');
    this.name = 'CopyRefused';
    this.code = failure.code;
    this.column = failure.column;
    this.routine = failure.routine;
  }
}

class PendingCopies {
  readonly #pending = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  #lastId = 0;

  add(post: (id: number) => void): Promise<void> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      post(id);
    });
  }

  settle(id: number, failure: CopyFailure | undefined): void {
    const waiting = this.#pending.get(id);
    this.#pending.delete(id);
    if (failure === undefined) waiting?.resolve();
    else waiting?.reject(new CopyRefused(failure));
  }

  failAll(): void {
    for (const id of [...this.#pending.keys()]) this.settle(id, { code: '57P02' });
  }
}

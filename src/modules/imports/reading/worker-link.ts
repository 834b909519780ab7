import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import { fromWireError } from '../../../lib/wire-error.ts';
import { workerUrl } from '../../../lib/worker-url.ts';
import type { Call, CallResults, FromWorker, Method, Reply, ToWorker } from './reading-protocol.ts';

/** What a session does with the messages that answer no call. */
export interface LinkListener {
  onTaken(): void;
  onReserve(bytes: number): void;
  /** The worker is gone, and with it the session. */
  onGone(): void;
}

export function startReadingWorker(): Worker {
  return new Worker(workerUrl(import.meta.url, 'reading-worker'), { name: 'rollcall-reading' });
}

/** One reading thread and the sessions in it. When it dies, all its calls fail and `onGone` is told. */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #replies = new EventEmitter();
  readonly #pending = new Map<number, (error: Error) => void>();
  readonly #listeners = new Map<number, LinkListener>();
  readonly #disposals = new Map<number, () => void>();
  readonly #onGone: () => void;
  #lastCall = 0;
  #isGone = false;

  constructor(parts: { startWorker: () => Worker; onGone: () => void }) {
    this.#worker = parts.startWorker();
    this.#onGone = parts.onGone;
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', () => this.#fail());
    this.#worker.on('messageerror', () => this.#fail());
    this.#worker.on('exit', () => this.#fail());
  }

  get sessionCount(): number {
    return this.#listeners.size;
  }

  open(session: number, listener: LinkListener): void {
    this.#listeners.set(session, listener);
  }

  post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    if (!this.#isGone) this.#worker.postMessage(message, transfer);
  }

  async call<M extends Method>(
    session: number,
    call: Extract<Call, { method: M }>,
    transfer: ArrayBuffer[] = [],
  ): Promise<CallResults[M]> {
    if (this.#isGone || !this.#listeners.has(session)) throw new Error('the reading session is over');
    this.#lastCall += 1;
    const id = this.#lastCall;
    return await new Promise((resolve, reject) => {
      this.#pending.set(id, reject);
      this.#replies.once(String(id), (reply: Reply<CallResults[M]>) => {
        if (reply.isOk) resolve(reply.result);
        else reject(fromWireError(reply.error, 'reading'));
      });
      this.post({ session, kind: 'call', id, call }, transfer);
    });
  }

  /** Resolves when the worker has freed what the session held. */
  async dispose(session: number): Promise<void> {
    if (!this.#listeners.delete(session) || this.#isGone) return;
    await new Promise<void>((resolve) => {
      this.#disposals.set(session, resolve);
      this.post({ session, kind: 'dispose' });
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'reply':
        this.#pending.delete(message.id);
        this.#replies.emit(String(message.id), message.reply);
        return;
      case 'taken':
        this.#listeners.get(message.session)?.onTaken();
        return;
      case 'reserve':
        this.#listeners.get(message.session)?.onReserve(message.bytes);
        return;
      case 'disposed':
        this.#disposals.get(message.session)?.();
        this.#disposals.delete(message.session);
        return;
    }
  }

  #fail(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#onGone();
    for (const reject of this.#pending.values()) reject(new Error('the reading worker has ended'));
    for (const listener of this.#listeners.values()) listener.onGone();
    for (const resolve of this.#disposals.values()) resolve();
    this.#pending.clear();
    this.#replies.removeAllListeners();
    this.#listeners.clear();
    this.#disposals.clear();
    // After an error that was not its own (a message that cannot be read) the thread still runs.
    void this.#worker.terminate();
  }
}

import { parentPort } from 'node:worker_threads';
import { fromWireError, toWireError } from '../../../lib/wire-error.ts';
import { ChunkQueue } from './chunk-queue.ts';
import { MemoryAccount } from './memory-account.ts';
import type { Call, FromWorker, ToWorker } from './reading-protocol.ts';
import { WorkerSession } from './worker-session.ts';

/** The entry of a reading thread: sessions by number, each driven by messages (see `reading-protocol.ts`). */
const port = parentPort;
if (port === null) throw new Error('reading-worker runs as a worker thread');
const sessions = new Map<number, WorkerSession>();

const post = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

port.on('message', (message: ToWorker) => {
  if (message.kind === 'call') {
    const session = sessions.get(message.session) ?? openSession(message.session);
    void answer(session, message.session, message.id, message.call);
    return;
  }
  const session = sessions.get(message.session);
  if (message.kind === 'dispose') {
    session?.[Symbol.dispose]();
    sessions.delete(message.session);
    post({ session: message.session, kind: 'disposed' });
  } else if (session !== undefined) {
    accept(session, message);
  }
});

function openSession(id: number): WorkerSession {
  const session = new WorkerSession({
    body: new ChunkQueue(() => post({ session: id, kind: 'taken' })),
    memory: new MemoryAccount((bytes) => post({ session: id, kind: 'reserve', bytes })),
  });
  sessions.set(id, session);
  return session;
}

function accept(session: WorkerSession, message: Exclude<ToWorker, { kind: 'call' | 'dispose' }>): void {
  switch (message.kind) {
    case 'chunk':
      session.body.push(message.bytes);
      return;
    case 'end':
      session.body.end();
      return;
    case 'abort':
      session.body.fail(new Error('the body failed'));
      return;
    case 'granted':
      session.memory.granted(message.bytes);
      return;
    case 'refused':
      session.memory.refused(fromWireError(message.error, 'reading'));
      return;
  }
}

async function answer(session: WorkerSession, sessionId: number, id: number, call: Call): Promise<void> {
  try {
    const result = await run(session, call);
    post({ session: sessionId, kind: 'reply', id, reply: { isOk: true, result } }, transferable(result));
  } catch (error) {
    post({ session: sessionId, kind: 'reply', id, reply: { isOk: false, error: toWireError(error) } });
  }
}

function run(session: WorkerSession, call: Call): unknown {
  switch (call.method) {
    case 'receiveJson':
      return session.receiveJson(call);
    case 'receiveBytes':
      return session.receiveBytes(call);
    case 'importStage':
      return session.importStage();
    case 'stage':
      return session.stage(call);
    case 'copyRows':
      return session.copyRows(call);
    case 'sampleRows':
      return session.sampleRows();
    case 'addMatches':
      return session.addMatches(call);
    case 'clearMatches':
      return session.clearMatches();
    case 'resolve':
      return session.resolve();
    case 'memberLines':
      return session.memberLines(call);
    case 'exportPart':
      return session.exportPart(call);
  }
}

/** Rows and parts have memory of their own, which moves to the main thread without a copy. */
function transferable(result: unknown): ArrayBuffer[] {
  const bytes = typeof result === 'object' && result !== null && 'rows' in result ? result.rows : result;
  return bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}

import { toWireError } from '../../../lib/wire-error.ts';
import { BodySender } from './body-sender.ts';
import type { Reservation } from './memory-budget.ts';
import type { Call, CallResults, WireSummary } from './reading-protocol.ts';
import type { ListKeys, ListOptions, ReadSummary, ReceivedJson, Resolution } from './reading-types.ts';
import type { LinkListener, WorkerLink } from './worker-link.ts';

type BodyMethod = 'receiveJson' | 'receiveBytes' | 'importStage';

/**
 * One list on its way: receive it (or import a stage), stage it, copy its rows, add the matches, resolve. The work is done in a
 * worker; this side passes buffers. One call at a time. Errors are Problems where the sender can do something, and
 * plain errors otherwise. Dispose it in any case (`await using`).
 */
export interface ReadingSession extends AsyncDisposable {
  /**
   * Reads a JSON body; its member `content` is decoded, not read yet. When it throws, the rest of `body` is left unread.
   *
   * @throws Problem `badRequest`, `invalidBase64`, `payloadTooLarge`, `serviceUnavailable`; what `body` throws
   */
  receiveJson(
    body: AsyncIterable<Uint8Array>,
    terms: { contentBytesMax: number; digestKey: Uint8Array },
  ): Promise<ReceivedJson>;
  /**
   * Reads a list of raw bytes (text or gzip) while it arrives.
   *
   * @throws Problem `badRequest` (charset, column), `payloadTooLarge`, `unreadableList`, `serviceUnavailable`; what `body` throws
   */
  receiveBytes(
    body: AsyncIterable<Uint8Array>,
    terms: { contentBytesMax: number; digestKey: Uint8Array; options: ListOptions; keys: ListKeys },
  ): Promise<{ requestDigest: Buffer }>;
  /** After `receiveJson`: reads the list now, with the same problems as `receiveBytes`. After the others: what they found. */
  stage(options?: ListOptions, keys?: ListKeys): Promise<ReadSummary>;
  /** Whole rows of binary COPY without header and trailer: (line int4, token uuid). Each call starts over. */
  copyChunks(): AsyncIterable<Uint8Array>;
  /** The same for the sample: (line int4, identifier_type int2, token uuid). */
  sampleCopyChunks(): AsyncIterable<Uint8Array>;
  /** Packed big-endian (line int4, ordinal int4). */
  addMatches(rows: Uint8Array): Promise<void>;
  clearMatches(): Promise<void>;
  resolve(): Promise<Resolution>;
  /** For each member of the bitmap, by rank, the first line that names it, 0 for none; encoded as in `member-lines.ts`. */
  memberLines(ofMembers: Uint8Array): Promise<Uint8Array>;
  /** Parts of at most 1 MiB that hold no raw value; `importStage` in another session goes on from them. */
  exportStage(): AsyncIterable<Uint8Array>;
  importStage(parts: AsyncIterable<Uint8Array>): Promise<ReadSummary>;
}

/** A session of number `id` in the worker behind `link`. */
export function createReadingSession(parts: { link: WorkerLink; id: number; memory: Reservation }): ReadingSession {
  const { link, id, memory } = parts;
  const sender = { current: new BodySender(() => {}) };
  link.open(id, sessionListener(parts, sender));

  const receive = createReceive(link, id, sender);
  return {
    async receiveJson(body, { contentBytesMax, digestKey }) {
      const call = { method: 'receiveJson', contentBytesMax, digestKey: ownBytes(digestKey) } as const;
      const { requestDigest, ...received } = await receive<'receiveJson'>(body, call);
      return { ...received, requestDigest: Buffer.from(requestDigest) };
    },
    async receiveBytes(body, { contentBytesMax, digestKey, options, keys }) {
      const call = {
        method: 'receiveBytes',
        contentBytesMax,
        digestKey: ownBytes(digestKey),
        options,
        keys: ownKeys(keys),
      } as const;
      const { requestDigest } = await receive<'receiveBytes'>(body, call);
      return { requestDigest: Buffer.from(requestDigest) };
    },
    async stage(options, keys) {
      const ownedKeys = keys === undefined ? undefined : ownKeys(keys);
      return summary(await link.call<'stage'>(id, { method: 'stage', options, keys: ownedKeys }));
    },
    copyChunks: () => copyChunks(link, id),
    async *sampleCopyChunks() {
      const rows = await link.call<'sampleRows'>(id, { method: 'sampleRows' });
      if (rows.length > 0) yield rows;
    },
    async addMatches(rows) {
      const own = ownBytes(rows);
      await link.call<'addMatches'>(id, { method: 'addMatches', rows: own }, [own.buffer]);
    },
    async clearMatches() {
      await link.call<'clearMatches'>(id, { method: 'clearMatches' });
    },
    resolve: () => link.call<'resolve'>(id, { method: 'resolve' }),
    memberLines: (ofMembers) => link.call<'memberLines'>(id, { method: 'memberLines', ofMembers: ownBytes(ofMembers) }),
    async *exportStage() {
      for (let isFirst = true; ; isFirst = false) {
        const part = await link.call<'exportPart'>(id, { method: 'exportPart', isFirst });
        if (part === undefined) return;
        yield part;
      }
    },
    importStage: async (stage) => summary(await receive<'importStage'>(stage, { method: 'importStage' })),
    async [Symbol.asyncDispose]() {
      sender.current.stop();
      await link.dispose(id);
      memory.release();
    },
  };
}

/** Sends a body to the worker while it works on the call. */
function createReceive(link: WorkerLink, id: number, sender: { current: BodySender }) {
  return async function receive<M extends BodyMethod>(
    body: AsyncIterable<Uint8Array>,
    call: Extract<Call, { method: M }>,
  ): Promise<CallResults[M]> {
    const sending = new BodySender((bytes) => link.post({ session: id, kind: 'chunk', bytes }, [bytes.buffer]));
    sender.current = sending;
    const failure: { error?: Error } = {};
    const reply = link.call<M>(id, call);
    sending.sendAll(body).then(
      () => link.post({ session: id, kind: 'end' }),
      (error: unknown) => {
        failure.error = error instanceof Error ? error : new Error('the body failed', { cause: error });
        link.post({ session: id, kind: 'abort' });
      },
    );
    try {
      // The worker answers in any case: also while the client still sends, and when it is told that the body failed.
      return await reply;
    } catch (error) {
      throw failure.error ?? error;
    } finally {
      sending.stop();
    }
  };
}

function sessionListener(
  parts: { link: WorkerLink; id: number; memory: Reservation },
  sender: { readonly current: BodySender },
): LinkListener {
  const { link, id, memory } = parts;
  return {
    onTaken: () => sender.current.onTaken(),
    onReserve: (bytes) => {
      memory.reserve(bytes).then(
        () => link.post({ session: id, kind: 'granted', bytes }),
        (error: unknown) => link.post({ session: id, kind: 'refused', error: toWireError(error) }),
      );
    },
    onGone: () => {
      sender.current.stop();
      memory.release();
    },
  };
}

/** The next chunk is made while the caller writes the one before. */
async function* copyChunks(link: WorkerLink, id: number): AsyncGenerator<Uint8Array> {
  let next = link.call<'copyRows'>(id, { method: 'copyRows', position: 0 });
  for (;;) {
    const chunk = await next;
    if (chunk === undefined) return;
    next = link.call<'copyRows'>(id, { method: 'copyRows', position: chunk.nextPosition });
    // The caller may stop before it asks for this one.
    next.catch(() => {});
    yield chunk.rows;
  }
}

function summary(wire: WireSummary): ReadSummary {
  return { ...wire, contentFingerprint: Buffer.from(wire.contentFingerprint) };
}

/** A copy with memory of its own: a Buffer may lie in a pool, which would be sent whole. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function ownKeys(keys: ListKeys): ListKeys {
  const owned = (type: keyof ListKeys['indexKeys']) =>
    keys.indexKeys[type].map(({ generation, key }) => ({ generation, key: ownBytes(key) }));
  return {
    contentFingerprintKey: ownBytes(keys.contentFingerprintKey),
    sketchKey: ownBytes(keys.sketchKey),
    indexKeys: {
      taxIdNumber: owned('taxIdNumber'),
      customerId: owned('customerId'),
      coreCustomerId: owned('coreCustomerId'),
      accountNumber: owned('accountNumber'),
      emailAddress: owned('emailAddress'),
      phoneNumber: owned('phoneNumber'),
      username: owned('username'),
    },
  };
}

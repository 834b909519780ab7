import { createHmac, type Hmac } from 'node:crypto';
import { Problem } from '../../../lib/problem.ts';
import type { LoadWorkers } from './load-workers.ts';

/** Sent at once to the reading thread: large enough that messages cost nothing, small enough for the event loop. */
const pieceBytes = 131_072;
const piecesInFlightMax = 4;

/**
 * Sends a body to the workers, at most four pieces ahead of them.
 *
 * @returns the keyed digest of the body for idempotency; undefined without a key
 * @throws Problem `payloadTooLarge`, `badRequest` when the client goes away, and what the workers refuse
 */
export async function sendBody(
  workers: LoadWorkers,
  body: AsyncIterable<Uint8Array>,
  options: { bytesMax: number; digestKey: Uint8Array | undefined },
): Promise<Buffer | undefined> {
  const digest = options.digestKey === undefined ? undefined : createHmac('sha256', options.digestKey);
  // Not for await: ending the iterator early would cut the connection before the refusal is answered.
  const chunks = body[Symbol.asyncIterator]();
  let bytes = 0;
  let piece = new Uint8Array(pieceBytes);
  let length = 0;
  const sendPiece = async (ready: Uint8Array<ArrayBuffer>) => {
    while (workers.inFlight() >= piecesInFlightMax) await Promise.race([workers.taken(), workers.failed]);
    workers.send(ready);
  };
  for (;;) {
    const next = await Promise.race([nextChunk(chunks), workers.failed]);
    if (next === undefined) break;
    bytes += next.length;
    if (bytes > options.bytesMax) throw tooLarge(options.bytesMax);
    digestChunk(digest, next);
    for (let at = 0; at < next.length; ) {
      const taken = Math.min(next.length - at, pieceBytes - length);
      piece.set(next.subarray(at, at + taken), length);
      at += taken;
      length += taken;
      if (length < pieceBytes) continue;
      await sendPiece(piece);
      piece = new Uint8Array(pieceBytes);
      length = 0;
    }
  }
  if (length > 0) await sendPiece(piece.slice(0, length));
  return digest?.digest();
}

export function tooLarge(bytesMax: number): Problem {
  return new Problem('payloadTooLarge', { detail: `The body of a load may have ${bytesMax} bytes.` });
}

async function nextChunk(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    const next = await chunks.next();
    return next.done === true ? undefined : next.value;
  } catch (cause) {
    // E.g. the right to load was taken away.
    if (cause instanceof Problem) throw cause;
    throw new Problem('badRequest', { detail: 'The body ended before it was complete.', cause });
  }
}

function digestChunk(digest: Hmac | undefined, chunk: Uint8Array): void {
  digest?.update(chunk);
}

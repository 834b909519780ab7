import { StartRefused } from '../lib/start-refused.ts';
import { openEnvelope, sealEnvelope } from './envelope.ts';

/** A key or another secret as it rests in the database: sealed by the master key. */
export function wrapSecret(
  masterKey: Uint8Array,
  { secret, context }: { secret: Uint8Array; context: string },
): Buffer {
  return sealEnvelope({ key: masterKey, generation: 0, plaintext: secret, associatedData: Buffer.from(context) });
}

/** @throws StartRefused when it is another master key's, another context's or damaged */
export function unwrapSecret(
  masterKey: Uint8Array,
  { wrapped, context }: { wrapped: Uint8Array; context: string },
): Uint8Array {
  try {
    const secret = openEnvelope({ keyOf: () => masterKey, sealed: wrapped, associatedData: Buffer.from(context) });
    // Bytes of its own: posted to a worker thread, a view would take the whole buffer behind it along.
    return new Uint8Array(secret);
  } catch (cause) {
    throw new StartRefused('The master key does not open the keys of this database. Give the key it was made with.', {
      cause,
    });
  }
}

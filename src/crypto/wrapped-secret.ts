import { StartRefused } from '../lib/start-refused.ts';
import { generationOf, openEnvelope, sealEnvelope } from './envelope.ts';
import type { MasterKey, MasterKeys } from './master-key.ts';

/** Which master key wraps it stands in the envelope's header, in the place of a key's generation. */
export const masterKeyIdOf = generationOf;
/** What was wrapped before master keys had ids. */
const withoutId = 0;

export interface WrappedSecret {
  readonly wrapped: Uint8Array;
  /** Where it belongs: it opens nowhere else. */
  readonly context: string;
}

/** A key or another secret as it rests in the database: sealed by a master key. */
export function wrapSecret(masterKey: MasterKey, { secret, context }: { secret: Uint8Array; context: string }): Buffer {
  const { id: generation, key } = masterKey;
  return sealEnvelope({ key, generation, plaintext: secret, associatedData: Buffer.from(context) });
}

/**
 * Opens with the master key that wrapped it. One that is not known may have been put into the key file since that was
 * read, so the file is read again.
 *
 * @throws StartRefused when it is another master key's, another context's or damaged
 */
export async function unwrapSecret(masterKeys: MasterKeys, secret: WrappedSecret): Promise<Uint8Array> {
  const opened = openWithAny(masterKeys.list(), secret);
  if (opened !== undefined) return opened;
  await masterKeys.reload();
  const again = openWithAny(masterKeys.list(), secret);
  if (again !== undefined) return again;
  const id = masterKeyIdOf(secret.wrapped);
  if (id !== withoutId && masterKeys.list().some((known) => known.id === id)) {
    throw new StartRefused(
      'A key in this database is damaged, though the master key is the right one. Restore the table of keys from a backup.',
    );
  }
  throw new StartRefused('The master key does not open the keys of this database. Give the key it was made with.');
}

function openWithAny(keys: readonly MasterKey[], { wrapped, context }: WrappedSecret): Uint8Array | undefined {
  const id = masterKeyIdOf(wrapped);
  for (const { key } of id === withoutId ? keys : keys.filter((known) => known.id === id)) {
    try {
      const secret = openEnvelope({ keyOf: () => key, sealed: wrapped, associatedData: Buffer.from(context) });
      // Bytes of its own: posted to a worker thread, a view would take the whole buffer behind it along.
      return new Uint8Array(secret);
    } catch {
      // Another of them may open it.
    }
  }
  return undefined;
}

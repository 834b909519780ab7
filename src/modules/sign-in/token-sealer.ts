import { hkdfSync } from 'node:crypto';
import { EnvelopeError, openEnvelope, sealEnvelope } from '../../crypto/envelope.ts';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Clock } from '../../lib/clock.ts';

const keyBytes = 32;
/** A generation that another process put into use is known here after this long; until then it is looked up. */
const cacheMs = 30_000;

interface SealKey {
  readonly generation: number;
  readonly key: Uint8Array;
}

/** Seals what the portal must not lose and the browser must not read, under a key of the installation. */
export interface TokenSealer {
  /** Never call it inside a transaction. @param context where it belongs: it opens nowhere else */
  seal(value: unknown, context: string): Promise<Buffer>;
  /** Undefined for anything that is not as it was sealed. Never call it inside a transaction. */
  open(sealed: Uint8Array, context: string): Promise<unknown>;
}

export function createTokenSealer(deps: { keyring: Keyring; clock: Clock }): TokenSealer {
  let known: { keys: readonly SealKey[]; until: number } | undefined;
  const read = async (): Promise<readonly SealKey[]> => {
    const secrets = await deps.keyring.installationSecrets('seal');
    const keys = secrets.map(({ generation, secret }) => ({ generation, key: derive(secret) }));
    known = { keys, until: deps.clock.now().getTime() + cacheMs };
    return keys;
  };
  const current = async () => (known !== undefined && known.until > deps.clock.now().getTime() ? known.keys : read());
  return {
    async seal(value, context) {
      const [inUse] = await current();
      if (inUse === undefined) throw new Error('the installation has no secret to seal with');
      const plaintext = Buffer.from(JSON.stringify(value));
      return sealEnvelope({ ...inUse, plaintext, associatedData: Buffer.from(context) });
    },
    async open(sealed, context) {
      const associatedData = Buffer.from(context);
      const opened =
        openWith(await current(), sealed, associatedData) ?? openWith(await read(), sealed, associatedData);
      return opened === undefined ? undefined : JSON.parse(opened.toString());
    },
  };
}

/** A key of its own, apart from what else the secret is for (HKDF-SHA-256, RFC 5869). */
function derive(secret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'rollcall portal session', keyBytes));
}

function openWith(keys: readonly SealKey[], sealed: Uint8Array, associatedData: Uint8Array): Buffer | undefined {
  const keyOf = (generation: number) => {
    const one = keys.find((key) => key.generation === generation);
    if (one === undefined) throw new EnvelopeError();
    return one.key;
  };
  try {
    return openEnvelope({ keyOf, sealed, associatedData });
  } catch (error) {
    if (error instanceof EnvelopeError) return undefined;
    throw error;
  }
}

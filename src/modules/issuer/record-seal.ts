import { EnvelopeError, openEnvelope, sealEnvelope } from '../../crypto/envelope.ts';
import type { Clock } from '../../lib/clock.ts';
import { createSecretCache, type InstallationSecret, type InstallationSecrets } from './secret-cache.ts';

/** Seals what the issuer stores under the installation's 'seal' secret. A payload opens only in its own row. */
export interface RecordSeal {
  seal(payload: unknown, place: RecordPlace): Promise<Buffer>;
  /** @throws EnvelopeError when it was changed, moved to another row, or its secret was removed */
  open(sealed: Uint8Array, place: RecordPlace): Promise<unknown>;
}

export interface RecordPlace {
  readonly kind: string;
  readonly idHash: Buffer;
}

export function createRecordSeal(deps: { keyring: InstallationSecrets; clock: Clock }): RecordSeal {
  const secrets = createSecretCache(deps, 'seal');
  const openWith = (known: readonly InstallationSecret[], sealed: Uint8Array, place: RecordPlace): unknown => {
    const plaintext = openEnvelope({
      keyOf: (generation) => secretOf(known, generation),
      sealed,
      associatedData: contextOf(place),
    });
    return JSON.parse(plaintext.toString());
  };
  return {
    async seal(payload, place) {
      const [newest] = await secrets.list();
      if (newest === undefined) throw new Error('the installation has no seal secret');
      return sealEnvelope({
        key: newest.secret,
        generation: newest.generation,
        plaintext: Buffer.from(JSON.stringify(payload)),
        associatedData: contextOf(place),
      });
    },
    async open(sealed, place) {
      try {
        return openWith(await secrets.list(), sealed, place);
      } catch (error) {
        if (!(error instanceof EnvelopeError)) throw error;
        // Another server may have sealed it with a secret that was made since ours were read.
        secrets.forget();
        return openWith(await secrets.list(), sealed, place);
      }
    },
  };
}

function secretOf(known: readonly InstallationSecret[], generation: number): Uint8Array {
  const one = known.find((candidate) => candidate.generation === generation);
  if (one === undefined) throw new Error(`the installation has no seal secret ${generation}`);
  return one.secret;
}

function contextOf({ kind, idHash }: RecordPlace): Buffer {
  return Buffer.from(JSON.stringify(['oidcRecord', kind, idHash.toString('base64')]));
}

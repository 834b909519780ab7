import { sealEnvelope } from '../../../crypto/envelope.ts';
import { valueAt, valueCount } from '../../../crypto/packed-values.ts';
import { type EnvelopeName, envelopeContext } from '../customer-envelope.ts';
import { CopyRowWriter } from './copy-row-writer.ts';
import type { LoadKeys, SealingBatch } from './load-protocol.ts';

/** Seals both envelopes of each row and completes the row for COPY. */
export class RowSealer {
  readonly #keys: Pick<LoadKeys, 'institutionId' | 'dataKey'>;
  readonly #rows = new CopyRowWriter();

  constructor(keys: Pick<LoadKeys, 'institutionId' | 'dataKey'>) {
    this.#keys = keys;
  }

  seal(batch: SealingBatch): Uint8Array {
    const count = valueCount(batch.heads);
    for (let index = 0; index < count; index += 1) {
      const coreCustomerId = Buffer.from(valueAt(batch.keys, index)).toString();
      this.#rows.raw(valueAt(batch.heads, index));
      this.#rows.bytea(this.#sealed('profile', coreCustomerId, valueAt(batch.profiles, index)));
      this.#rows.bytea(this.#sealed('identifiers', coreCustomerId, valueAt(batch.identifiers, index)));
    }
    return this.#rows.take();
  }

  #sealed(name: EnvelopeName, coreCustomerId: string, plaintext: Uint8Array): Buffer {
    const { institutionId, dataKey } = this.#keys;
    return sealEnvelope({
      key: dataKey.key,
      generation: dataKey.generation,
      plaintext,
      associatedData: envelopeContext({ institutionId, coreCustomerId }, name),
    });
  }
}

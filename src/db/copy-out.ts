import type { RawBuilder } from 'kysely';
import { to as copyTo } from 'pg-copy-streams';
import { copyHeader } from './bulk-copy.ts';
import type { InstitutionTx } from './transaction.ts';

/**
 * The rows of a query in PostgreSQL's binary form, streamed: pg itself has no binary results, and bytes that go as
 * hexadecimal text cost the server more than finding them.
 *
 * @param query without parameters, which COPY does not take: values stand in it by `sql.lit`
 * @returns the fields of each row, as the types send them; memory of their own, empty for null
 */
export async function* copyOut(tx: InstitutionTx, query: RawBuilder<unknown>): AsyncGenerator<Buffer[]> {
  const { sql: text, parameters } = query.compile(tx.db);
  if (parameters.length > 0) throw new TypeError('COPY takes no parameters');
  const stream = tx.client.query(copyTo(`copy (${text}) to stdout with (format binary)`));
  const bytes = new ByteReader(stream[Symbol.asyncIterator]());
  let hasFailed = false;
  try {
    yield* rowsOf(bytes);
  } catch (error) {
    hasFailed = true;
    throw error;
  } finally {
    // Whoever stops early would leave rows on the connection, and the next statement would wait for ever.
    if (!hasFailed) await bytes.drain();
  }
}

/** PostgreSQL manual, COPY, binary format. */
async function* rowsOf(bytes: ByteReader): AsyncGenerator<Buffer[]> {
  await bytes.read(copyHeader.byteLength);
  for (;;) {
    const fieldCount = (await bytes.read(2)).readInt16BE();
    if (fieldCount === -1) break;
    const fields: Buffer[] = [];
    while (fields.length < fieldCount) {
      const length = (await bytes.read(4)).readInt32BE();
      fields.push(await bytes.read(Math.max(length, 0)));
    }
    yield fields;
  }
}

class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source;
  }

  /** The next bytes, copied. @throws Error when there are not so many */
  async read(length: number): Promise<Buffer> {
    while (this.#length < length) {
      const { value, done } = await this.#source.next();
      if (done === true) throw new Error('COPY ended in the middle of a row');
      this.#chunks.push(value);
      this.#length += value.length;
    }
    const bytes = Buffer.concat(this.#chunks, length);
    this.#drop(length);
    return bytes;
  }

  /** Passes over what is left. */
  async drain(): Promise<void> {
    while ((await this.#source.next()).done !== true);
  }

  #drop(length: number): void {
    this.#length -= length;
    let left = length;
    let whole = 0;
    while (whole < this.#chunks.length && (this.#chunks[whole]?.length ?? 0) <= left) {
      left -= this.#chunks[whole]?.length ?? 0;
      whole += 1;
    }
    this.#chunks.splice(0, whole);
    const [first] = this.#chunks;
    if (first !== undefined && left > 0) this.#chunks[0] = first.subarray(left);
  }
}

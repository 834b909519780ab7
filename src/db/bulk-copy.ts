import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { BulkCopyTarget, InstitutionTx, OperatorTx } from './transaction.ts';

/** `PGCOPY\n\377\r\n\0`, flags 0, no header extension (PostgreSQL manual, COPY, binary format). */
export const copyHeader: Uint8Array = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex');
/** A tuple of -1 fields. */
export const copyTrailer: Uint8Array = Buffer.from('ffff', 'hex');

const temporaryName = /^[a-z][a-z0-9_]{0,50}$/;

/**
 * `copy pg_temp.<table> (<columns>) from <source> (format binary)`. Only temporary tables: COPY into a table under
 * row-level security is refused by PostgreSQL, and with the schema named a typing error cannot reach a real table.
 */
export function copyStatement(target: BulkCopyTarget, source: string): string {
  if (!temporaryName.test(target.table)) throw new TypeError('bulk copy goes into a temporary table of a plain name');
  if (target.columns.length === 0) throw new TypeError('bulk copy names its columns');
  const columns = target.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  return `copy pg_temp.${pg.escapeIdentifier(target.table)} (${columns}) from ${source} with (format binary)`;
}

/** PostgreSQL: COPY FROM STDIN on the connection of the transaction, at the speed of the socket. */
export async function copyToServer(
  tx: InstitutionTx | OperatorTx,
  target: BulkCopyTarget,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const sink = tx.client.query(copyFrom(copyStatement(target, 'stdin')));
  await pipeline(Readable.from(framed(chunks), { objectMode: true, highWaterMark: 2 }), sink);
}

async function* framed(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield copyHeader;
  for await (const chunk of chunks) if (chunk.byteLength > 0) yield chunk;
  yield copyTrailer;
}

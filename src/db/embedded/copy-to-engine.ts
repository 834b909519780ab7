import { copyHeader, copyStatement, copyTrailer } from '../bulk-copy.ts';
import type { BulkCopyTarget, InstitutionTx, OperatorTx } from '../transaction.ts';
import type { EmbeddedEngine } from './engine.ts';
import { wholeRows } from './whole-rows.ts';

/** The engine holds a file whole, besides its own copy: large enough to be fast, small enough for its memory. */
const fileBytesMax = 8 * 1024 * 1024;

/**
 * Embedded engine: COPY FROM STDIN does not pass its socket, so complete binary files are posted to its worker,
 * which runs them inside the transaction `tx` (there is one session) after it has compared the transaction ids.
 */
export async function copyToEngine(
  engine: EmbeddedEngine,
  tx: InstitutionTx | OperatorTx,
  target: BulkCopyTarget,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const statement = copyStatement(target, "'/dev/blob'");
  const role = tx.kind === 'institution' ? 'rollcall_app' : 'none';
  const { rows } = await tx.client.query<{ id: string }>('select pg_current_xact_id()::text as id');
  const transactionId = rows[0]?.id;
  if (transactionId === undefined || !/^[0-9]+$/.test(transactionId)) throw new Error('the transaction has no id');
  for await (const file of copyFiles(wholeRows(chunks))) await engine.copy({ transactionId, statement, role, file });
}

/** Regroups row chunks (whole rows each) into complete files of at most `fileBytesMax` (or one larger chunk). */
async function* copyFiles(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array<ArrayBuffer>> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    if (heldBytes > 0 && heldBytes + chunk.byteLength > fileBytesMax) {
      yield completeFile(held, heldBytes);
      held = [];
      heldBytes = 0;
    }
    held.push(chunk);
    heldBytes += chunk.byteLength;
  }
  if (heldBytes > 0) yield completeFile(held, heldBytes);
}

function completeFile(chunks: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  // A buffer of its own (never pooled): it is handed over to the worker, not copied.
  const file = new Uint8Array(copyHeader.byteLength + bytes + copyTrailer.byteLength);
  file.set(copyHeader, 0);
  let at = copyHeader.byteLength;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.byteLength;
  }
  file.set(copyTrailer, at);
  return file;
}

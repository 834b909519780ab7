import { writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { toWireError } from '../../../lib/wire-error.ts';
import type { FromSealer, ReaderToSealer, SealerOrder, SealerToReader } from './load-protocol.ts';
import { RowSealer } from './row-sealer.ts';
import { writeWhole } from './write-whole.ts';

// The thread that seals the rows of a load and writes them to the spool; one load after the other.

parentPort?.on('message', (order: SealerOrder) => {
  const sealer = new RowSealer(order.keys);
  let hasFailed = false;
  const answer = (message: SealerToReader) => order.reader.postMessage(message);
  order.reader.on('message', (message: ReaderToSealer) => {
    // Nothing after a lost batch may look like a good end.
    if (hasFailed) return;
    try {
      if (message.kind === 'end') {
        answer({ kind: 'ended' });
        return;
      }
      writeWhole(writeSync, order.spool, sealer.seal(message.batch));
      answer({ kind: 'sealed' });
    } catch (error) {
      hasFailed = true;
      const failed: FromSealer = { kind: 'failed', error: toWireError(error) };
      parentPort?.postMessage(failed);
    }
  });
});

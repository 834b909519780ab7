import { parentPort, workerData } from 'node:worker_threads';
import { toWireError } from '../../../lib/wire-error.ts';
import { FilterDesk } from './filter-desk.ts';
import type { FromFilterWorker, ToFilterWorker } from './filter-protocol.ts';

/** The entry of the filter thread (see `filter-protocol.ts`). */
const port = parentPort;
if (port === null) throw new Error('filter-worker runs as a worker thread');
const desk = new FilterDesk(workerData);

port.on('message', (message: ToFilterWorker) => {
  switch (message.kind) {
    case 'ask':
      port.postMessage(answer(message));
      return;
    case 'begin':
      desk.begin(message.load, message.base);
      return;
    case 'numbers':
      desk.addNumbers(message.load, message.columns, message.records);
      return;
    case 'text':
      desk.addText(message.load, message);
      return;
    case 'end':
      desk.end(message.load, message.columns);
      return;
    case 'members':
      desk.addMembers(message.institutionId, message.ref, message.members);
      return;
  }
});

function answer({ id, base, question }: Extract<ToFilterWorker, { kind: 'ask' }>): FromFilterWorker {
  try {
    return { id, isOk: true, reply: desk.answer(base, question) };
  } catch (error) {
    return { id, isOk: false, error: toWireError(error) };
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { problemTypeUrl } from '../../http/problem-body.ts';
import { Problem } from '../../lib/problem.ts';
import type { CustomerAudienceImport } from './import-schemas.ts';

/** How often the state is looked at: a person sees no difference below, the database does. */
const pollMs = 500;
/** A comment line keeps proxies from closing a quiet stream. */
const keepAliveMs = 15_000;

const final: ReadonlySet<CustomerAudienceImport['state']> = new Set([
  'completed',
  'rejected',
  'preview',
  'failed',
  'canceled',
]);

/**
 * Server-sent events (WHATWG HTML, section 9.2) of one import: `progress` at each change, `end` with the final state,
 * after which the stream closes. `problem` when the watcher may see it no longer: that is its last event too.
 *
 * @param read the import as it is now; a Problem that it throws ends the stream
 * @param signal ends the stream early (client gone, server stopping)
 */
export async function* progressEvents(
  read: () => Promise<CustomerAudienceImport>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let last = '';
  let quietMs = 0;
  while (!signal.aborted) {
    const body = await read().catch(orProblem);
    if (body instanceof Problem) {
      const { type, title, status, detail } = body;
      yield serverSentEvent('problem', JSON.stringify({ type: problemTypeUrl(type), title, status, detail }));
      return;
    }
    const data = JSON.stringify(body);
    if (final.has(body.state)) {
      yield serverSentEvent('end', data);
      return;
    }
    if (data !== last) {
      last = data;
      quietMs = 0;
      yield serverSentEvent('progress', data);
    } else if (quietMs >= keepAliveMs) {
      quietMs = 0;
      yield ': still there\n\n';
    }
    // An aborted wait is the end of the stream, not an error.
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
    quietMs += pollMs;
  }
}

function orProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

/** JSON has no raw line break, so one `data:` line is enough. */
function serverSentEvent(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}

import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  observeRequest(request: { operation: string; status: number; seconds: number }): void;
  /** Counts the lines of a finished import by outcome (`matched`, `unmatched`, ...). */
  countImportedLines(outcome: string, lines: number): void;
  /** Counts an alarm about an import by kind (`smallList`, ...). */
  countImportAlarm(kind: string): void;
  /** Counts a request that was not let in, by reason (`expired`, `scope`, ...). */
  countRefusal(reason: string): void;
}

/**
 * The process's own registry: requests by operation and status class, how long they took, lines of imports by
 * outcome, and Node's figures (event loop delay, memory, garbage collection). Labels are names of ours, so their
 * number is bounded.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'rollcall_http_requests_total',
    help: 'Requests answered, by operation and status class.',
    labelNames: ['operation', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'rollcall_http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer.',
    labelNames: ['operation'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600],
    registers: [registry],
  });
  const importedLines = new Counter({
    name: 'rollcall_import_lines_total',
    help: 'Lines of finished imports, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const importAlarms = new Counter({
    name: 'rollcall_import_alarms_total',
    help: 'Imports that looked like asking about single people, by kind.',
    labelNames: ['kind'],
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'rollcall_access_refusals_total',
    help: 'Requests that were not let in, by reason.',
    labelNames: ['reason'],
    registers: [registry],
  });
  return {
    registry,
    observeRequest({ operation, status, seconds }) {
      requests.inc({ operation, status: `${Math.floor(status / 100)}xx` });
      durations.observe({ operation }, seconds);
    },
    countImportedLines(outcome, lines) {
      importedLines.inc({ outcome }, lines);
    },
    countImportAlarm(kind) {
      importAlarms.inc({ kind });
    },
    countRefusal(reason) {
      refusals.inc({ reason });
    },
  };
}

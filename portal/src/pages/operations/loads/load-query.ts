import type { Load } from './search.ts';

export function queryOf(order: {
  readonly mode: Load['mode'];
  readonly ignoreColumns: string;
  readonly confirmRemovals: boolean;
}): Readonly<Record<string, string>> {
  const ignored = order.ignoreColumns
    .split(',')
    .map((column) => column.trim())
    .filter((column) => column !== '')
    .join(',');
  return {
    mode: order.mode,
    ...(ignored === '' ? {} : { ignoreColumns: ignored }),
    ...(order.mode === 'replace' && order.confirmRemovals ? { confirmRemovals: 'true' } : {}),
  };
}

/** By the end of its name: browsers know no type for NDJSON. */
export function mediaTypeOf(fileName: string): 'text/csv' | 'application/x-ndjson' {
  return /\.(?:ndjson|jsonl)$/i.test(fileName) ? 'application/x-ndjson' : 'text/csv';
}

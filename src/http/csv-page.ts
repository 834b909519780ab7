import { stringify } from 'csv-stringify/sync';
import type { FastifyReply } from 'fastify';
import type { Page } from './paging.ts';

/** One column: its header and the cell of an item; lists are joined by `|`. */
export interface CsvColumn<Item> {
  readonly name: string;
  readonly value: (item: Item) => string | number | readonly string[] | null | undefined;
}

/** The media type of CSV pages. `header=present` (RFC 4180 section 3): the first line has the names. */
export const csvMediaType = 'text/csv';

/**
 * Sends a page as CSV (RFC 4180, CR LF): the next page's address is a `Link` with `rel="next"`, absent on the last
 * page, and `X-Total-Count` has the count.
 */
export function sendCsvPage<Item>(
  reply: FastifyReply,
  page: Page<Item>,
  columns: readonly CsvColumn<Item>[],
): FastifyReply {
  const rows = page.items.map((item) => columns.map((column) => cellOf(column.value(item))));
  if (page.nextPage_url !== undefined) reply.header('link', `<${page.nextPage_url}>; rel="next"`);
  return reply
    .header('x-total-count', String(page.count))
    .type(`${csvMediaType}; charset=utf-8; header=present`)
    .send(stringify([columns.map((column) => column.name), ...rows], { record_delimiter: 'windows' }));
}

function cellOf(value: string | number | readonly string[] | null | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? value.join('|') : String(value);
}

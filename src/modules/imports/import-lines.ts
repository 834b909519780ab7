import { type Bitmap, bitmapFrom, bitmapPage } from '../../lib/bitmap.ts';
import type { ImportLine } from './import-schemas.ts';
import type { LedgerPart } from './import-store.ts';

/**
 * One page of an import's lines, in the order of the file: the bitmaps of the chosen outcomes side by side. A line
 * stands in exactly one of them.
 *
 * @param page.after the last line number of the page before
 */
export function pageOfLines(
  parts: readonly LedgerPart[],
  page: { after: number | undefined; limit: number },
): { items: ImportLine[]; count: number; last: number | undefined } {
  using resources = new DisposableStack();
  const opened = parts.map((part) => ({ part, bitmap: resources.use(bitmapFrom(part.lines)) }));
  const items = opened
    .flatMap(({ part, bitmap }) => linesOf(part, bitmap, page))
    .toSorted((a, b) => a.recordNumber - b.recordNumber)
    .slice(0, page.limit);
  const count = opened.reduce((sum, { bitmap }) => sum + bitmap.size, 0);
  const lastOfPage = items.at(-1)?.recordNumber;
  const lastOfAll = Math.max(0, ...opened.map(({ bitmap }) => (bitmap.isEmpty ? 0 : bitmap.maximum())));
  return { items, count, last: lastOfPage !== undefined && lastOfPage < lastOfAll ? lastOfPage : undefined };
}

/** A part can fill the page alone at most, so `limit` of each is enough. */
function linesOf(part: LedgerPart, bitmap: Bitmap, page: { after: number | undefined; limit: number }): ImportLine[] {
  const numbers = bitmapPage(bitmap, {
    limit: page.limit,
    ...(page.after === undefined ? {} : { afterOrdinal: page.after }),
  });
  return Array.from(numbers, (recordNumber) => ({
    recordNumber,
    outcome: part.outcome,
    ...(part.reason === '' ? {} : { reason: part.reason }),
  }));
}

import { type TSchema, Type } from 'typebox';
import { type CursorPosition, decodeCursor } from '../lib/cursor.ts';

/** Items of a page unless the request says otherwise, and at most (api.md section 1). */
export const pageLimitDefault = 100;
export const pageLimitMax = 1000;
/** `customerIds` pages are larger: an item is one short text. */
export const idPageLimitMax = 10_000;

/** The paging parameters, to be spread into a query schema beside the filters: `closed({ ...pageQuery(), name })`. */
export function pageQuery(options: { limitMax?: number } = {}) {
  return {
    start: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        pattern: '^[-a-zA-Z0-9.,=_+:;@$]+$',
        description: 'Where the page begins: opaque, taken from `nextPage_url`.',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: options.limitMax ?? pageLimitMax,
        default: pageLimitDefault,
        description: 'How many items at most. 0 answers the count alone.',
      }),
    ),
  };
}

/** The query of a collection without filters. */
export const pageQuerySchema = Type.Object(pageQuery(), { additionalProperties: false });

/** The properties of a page, to be spread where a collection's page says more (`withheldCount`). */
export function pageProperties<Item extends TSchema>(item: Item) {
  return {
    items: Type.Array(item, { maxItems: idPageLimitMax }),
    limit: Type.Integer({ minimum: 0, maximum: idPageLimitMax, description: 'The limit that was asked for.' }),
    start: Type.Optional(Type.String({ maxLength: 256, description: 'The start that was asked for.' })),
    nextPage_url: Type.Optional(
      Type.String({
        format: 'uri-reference',
        maxLength: 8192,
        description: 'The next page, with the same filters, sort and limit. Absent on the last page, and only there.',
      }),
    ),
    count: Type.Integer({ minimum: 0, description: 'How many items the whole collection has under these filters.' }),
  };
}

/**
 * The schema of a page.
 *
 * @param id the schema's name in OpenAPI, e.g. `customerAudiences`
 */
export function pageSchema<Item extends TSchema>(item: Item, id: string) {
  return Type.Object(pageProperties(item), { $id: id, additionalProperties: false });
}

/** The schema of a page whose collection is not counted: a trail that only grows. */
export function uncountedPageSchema<Item extends TSchema>(item: Item, id: string) {
  const { count: _none, ...properties } = pageProperties(item);
  return Type.Object(properties, { $id: id, additionalProperties: false });
}

/** What paging needs of a request; a Fastify request of a route with {@link pageQuery} fits it. */
export interface PageRequest {
  /** Path and query as received. */
  readonly url: string;
  readonly query: { readonly start?: string | undefined; readonly limit?: number | undefined };
}

export interface Page<Item> {
  items: Item[];
  limit: number;
  start?: string;
  nextPage_url?: string;
  count: number;
}

export function pageLimit(query: PageRequest['query']): number {
  return query.limit ?? pageLimitDefault;
}

/**
 * The page's body.
 *
 * @param page.nextStart the cursor of the next page; absent when this is the last one. With `limit=0` it is ignored:
 *   such a page has no items and no next page.
 * @param options.publicUrl makes `nextPage_url` absolute (`config.publicUrl`)
 */
export function createPage<Item>(
  request: PageRequest,
  page: { items: readonly Item[]; count: number; nextStart?: string | undefined },
  options: { publicUrl?: string | undefined } = {},
): Page<Item> {
  const limit = pageLimit(request.query);
  const nextStart = limit === 0 ? undefined : page.nextStart;
  return {
    items: limit === 0 ? [] : [...page.items],
    limit,
    ...(request.query.start === undefined ? {} : { start: request.query.start }),
    ...(nextStart === undefined ? {} : { nextPage_url: nextPageUrl(request.url, nextStart, options.publicUrl) }),
    count: page.count,
  };
}

/** The body of a page under {@link uncountedPageSchema}. */
export function createUncountedPage<Item>(
  request: PageRequest,
  page: { items: readonly Item[]; nextStart?: string | undefined },
  options: { publicUrl?: string | undefined } = {},
): Omit<Page<Item>, 'count'> {
  const { count: _none, ...body } = createPage(request, { ...page, count: 0 }, options);
  return body;
}

/** The same address with another `start`: filters, sort and limit stay as the client wrote them. */
export function nextPageUrl(url: string, start: string, publicUrl = ''): string {
  const { path, query } = splitUrl(url);
  query.delete('start');
  query.append('start', start);
  return `${publicUrl.replace(/\/+$/, '')}${path}?${query.toString()}`;
}

/**
 * What a cursor is bound to: the institution, the collection (its path holds the ids of its parents) and every query
 * parameter but `start` and `limit`, in any order.
 */
export function cursorBinding(institutionId: string, url: string): string {
  const { path, query } = splitUrl(url);
  query.delete('start');
  query.delete('limit');
  query.sort();
  return `${institutionId} ${path}?${query.toString()}`;
}

/**
 * The position where the asked page begins; undefined = the first page.
 *
 * @param key `keys.macKey('cursor')` of the caller's institution
 * @throws Problem `badRequest` for a cursor that is not of this collection, filter and sort
 */
export function pagePosition(request: PageRequest, key: Uint8Array, institutionId: string): CursorPosition | undefined {
  if (request.query.start === undefined) return undefined;
  return decodeCursor(key, cursorBinding(institutionId, request.url), request.query.start);
}

function splitUrl(url: string): { path: string; query: URLSearchParams } {
  const mark = url.indexOf('?');
  return mark === -1
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

import { type InfiniteData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { nextStart } from '../api/next-page.ts';
import type { ListPage } from './pages.ts';

const pageSize = 100;

interface PageRequest {
  /** The query parameters that name the page. */
  readonly page: { readonly limit: number; readonly start?: string };
  readonly signal: AbortSignal;
}

interface Options<Row> {
  readonly queryKey: QueryKey;
  readonly read: (request: PageRequest) => Promise<ListPage<Row>>;
  /** While it is true of a row that was read, the list is read again and again. */
  readonly isMoving?: (row: Row) => boolean;
  /** A list whose reading leaves a trace is read when somebody asks for it, not when a window comes to the front. */
  readonly readsOnce?: boolean;
}

const movingIntervalMs = 2_000;

/** A list of the API, page after page as somebody asks for more. */
export function usePages<Row>({ queryKey, read, isMoving, readsOnce = false }: Options<Row>) {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      read({ page: { limit: pageSize, ...(pageParam === undefined ? {} : { start: pageParam }) }, signal }),
    initialPageParam: nextStart(undefined),
    getNextPageParam: (page: ListPage<Row>) => nextStart(page.nextPage_url),
    placeholderData: (previous: InfiniteData<ListPage<Row>, string | undefined> | undefined) => previous,
    refetchInterval: ({ state: { data } }) =>
      isMoving !== undefined && data?.pages.some(({ items }) => items.some(isMoving)) ? movingIntervalMs : false,
    ...(readsOnce ? { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false } : {}),
  });
}

export type Pages<Row> = ReturnType<typeof usePages<Row>>;

/** The cursor in the address of the next page; its absence is the only end. */
export function nextStart(nextUrl: string | undefined): string | undefined {
  return nextUrl === undefined
    ? undefined
    : (new URL(nextUrl, 'http://relative').searchParams.get('start') ?? undefined);
}

/** The query of a page: the first one has no start. */
export function startQuery(start: string | undefined): { start?: string } {
  return start === undefined ? {} : { start };
}

/** A page of any list of the API. */
export interface ListPage<Row> {
  readonly items: readonly Row[];
  readonly nextPage_url?: string;
  readonly count?: number;
}

/** The cursor in the address of the next page; its absence is the only end. */
export function startOf(nextUrl: string | undefined): string | undefined {
  return nextUrl === undefined
    ? undefined
    : (new URL(nextUrl, 'http://localhost/').searchParams.get('start') ?? undefined);
}

/** A page of any list of the API. */
export interface ListPage<Row> {
  readonly items: readonly Row[];
  readonly nextPage_url?: string;
  readonly count?: number;
}

import { CliError } from '../cli-error.ts';
import type { ApiClient, QueryValue } from './api-client.ts';
import { type PageAnswer, pageSchema } from './api-schemas.ts';

/** Walks a collection by `nextPage_url` until it is absent, which is the contract's only end signal. */
export async function* listPages(
  client: ApiClient,
  path: string,
  query: Readonly<Record<string, QueryValue>> = {},
): AsyncGenerator<PageAnswer> {
  let page = await client.read(pageSchema, { path, query });
  for (;;) {
    yield page;
    const next = page.nextPage_url;
    if (next === undefined) return;
    page = await client.read(pageSchema, { path: next });
    if (page.nextPage_url === next) throw new CliError('the server answered a page that leads to itself');
  }
}

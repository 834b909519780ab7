import { type ApiClient, checked } from './api-client.ts';
import { type LineAnswer, lineSchema } from './api-schemas.ts';
import { listPages } from './pages.ts';

const pageLimit = 1000;

/** The lines of an import that have one of the outcomes, in the order of the file. */
export async function* listImportLines(
  client: ApiClient,
  importId: string,
  outcomes: readonly string[],
): AsyncGenerator<LineAnswer> {
  const path = `/service/customerAudienceImports/${encodeURIComponent(importId)}/lines`;
  for await (const page of listPages(client, path, { outcome: outcomes.join('|'), limit: pageLimit })) {
    for (const item of page.items) yield checked(lineSchema, item);
  }
}

import { CliError } from '../cli-error.ts';
import type { ApiClient } from './api-client.ts';
import { checked } from './api-client.ts';
import { type AudienceAnswer, audienceSchema } from './api-schemas.ts';
import { listPages } from './pages.ts';

const audiencesPath = '/service/customerAudiences';
const pageLimit = 1000;

/** All audiences that the filters let through, newest first. */
export async function listAudiences(
  client: ApiClient,
  filters: { name?: string; state?: string } = {},
): Promise<readonly AudienceAnswer[]> {
  const found: AudienceAnswer[] = [];
  for await (const page of listPages(client, audiencesPath, { ...filters, limit: pageLimit })) {
    for (const item of page.items) found.push(checked(audienceSchema, item));
  }
  return found;
}

/**
 * The documented way to an audience: list, then take the one of this id or name. An id goes before a name, the exact
 * name before one in other letters, an active audience before archived ones.
 */
export async function findAudience(client: ApiClient, nameOrId: string): Promise<AudienceAnswer> {
  const audiences = await listAudiences(client);
  const byId = audiences.find(({ id }) => id === nameOrId);
  if (byId !== undefined) return byId;
  const named =
    firstOf(audiences.filter(({ name }) => name === nameOrId)) ??
    firstOf(audiences.filter(({ name }) => folded(name) === folded(nameOrId)));
  if (named === undefined)
    throw new CliError(`no audience has the name or id "${nameOrId}"; see "rollcall audiences list"`);
  return named;
}

function firstOf(candidates: readonly AudienceAnswer[]): AudienceAnswer | undefined {
  const active = candidates.filter(({ state }) => state !== 'archived');
  const preferred = active.length > 0 ? active : candidates;
  if (preferred.length > 1) throw new CliError('several audiences have this name; give the id instead');
  return preferred[0];
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

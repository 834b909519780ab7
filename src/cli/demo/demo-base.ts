import type { ApiClient } from '../client/api-client.ts';
import { type AudienceAnswer, audienceSchema, type BaseLoadAnswer, pageSchema } from '../client/api-schemas.ts';
import { listAudiences } from '../client/audience-lookup.ts';
import { type LoadedKind, loadBase } from '../client/base-load.ts';
import { formatCount, formatQuantity } from '../output/format.ts';
import type { DemoClock } from './demo-clock.ts';
import { jsonBody, verify } from './demo-parts.ts';
import type { StepResult, Story } from './story.ts';
import { syntheticAccounts } from './synthetic-accounts.ts';
import { customerFile, relationshipTiers, type SyntheticCustomer, syntheticCustomer } from './synthetic-customers.ts';

export const demoCustomerCount = 20_000;
/** The bank begins so long ago; in each week since then customers join. */
export const demoWeeks = 4;
const joinedAWeek = 400;
/** One customer of so many asks for electronic statements in a given week. */
const changedOneOf = 16;

const paperName = 'Paper statements, with e-mail';
/** Built-in templates, by id, and what the audience is called that is made from each. */
const fromTemplates = [
  ['youngSavers', 'Young savers'],
  ['paperStatements', paperName],
  ['largeDeposits', 'Deposits of 100,000 and more'],
  ['dormantOnlineUsers', 'Dormant online users'],
] as const;

interface BaseTools {
  readonly client: ApiClient;
  readonly story: Story;
  readonly clock: DemoClock;
}

/**
 * The bank of the demo with its past: customers and accounts four weeks ago, audiences that follow every load, and a
 * load in each week since. What an earlier start has made stays as it is.
 *
 * @returns the audience of those who get statements on paper, as it is now
 */
export async function runBaseTour({ client, story, clock }: BaseTools): Promise<AudienceAnswer> {
  await story.step('Attribute', () => ensureAttribute(client));
  const weeks = clock.isPast ? demoWeeks - 1 : 0;
  const first = demoCustomerCount - weeks * joinedAWeek;
  const isNew = await story.step('Customers', () => ensureCustomers(client, { count: first, weeks }));
  await story.step('Accounts', () => ensureAccounts(client, { customers: first, isNew }));
  const audiences = await story.step('Templates', () => makeFromTemplates(client));
  const followed =
    weeks === 0
      ? audiences
      : await story.step('Weeks', () => passWeeks({ client, clock }, { weeks, first, audiences }));
  clock.goTo(0);
  const paper = followed.find(({ name }) => name === paperName);
  verify(paper !== undefined && paper.customerCount > 0, 'nobody gets statements on paper');
  return paper;
}

/** What this bank wants to know of its customers besides what every bank does. */
async function ensureAttribute(client: ApiClient): Promise<StepResult<void>> {
  const path = '/service/customerAttributes';
  const { count = 0 } = await client.read(pageSchema, { path, query: { limit: 0 } });
  if (count > 0)
    return { said: `${formatQuantity(count, 'attribute')}, there from an earlier start`, value: undefined };
  const definition = {
    name: 'relationshipTier',
    label: 'Relationship tier',
    dataType: 'enumeration',
    constraints: { choices: relationshipTiers },
  };
  await client.send({ method: 'POST', path, ...jsonBody(definition) });
  return { said: `relationshipTier, of this bank's own: ${relationshipTiers.join(', ')}`, value: undefined };
}

async function ensureCustomers(
  client: ApiClient,
  { count, weeks }: { count: number; weeks: number },
): Promise<StepResult<boolean>> {
  const known = await client.read(pageSchema, { path: '/service/customers', query: { limit: 0 } });
  if ((known.count ?? 0) >= demoCustomerCount) {
    return { said: `${formatQuantity(known.count ?? 0, 'customer')}, there from an earlier start`, value: false };
  }
  const load = await upsert(client, 'customers', customerFile(customersAtFirst(count, weeks)));
  verify(loadedCount(load) === count, 'the load has another number of customers than its file');
  const said = `${formatQuantity(count, 'made-up customer')} loaded, their identifiers blinded and sealed`;
  return { said, value: true };
}

async function ensureAccounts(
  client: ApiClient,
  { customers, isNew }: { customers: number; isNew: boolean },
): Promise<StepResult<void>> {
  if (!isNew) return { said: 'there from an earlier start', value: undefined };
  const load = await upsert(client, 'accounts', syntheticAccounts({ count: customers }));
  const said = `${formatQuantity(loadedCount(load), 'account')} loaded, their numbers as tokens only`;
  return { said, value: undefined };
}

async function makeFromTemplates(client: ApiClient): Promise<StepResult<readonly AudienceAnswer[]>> {
  const known = new Map((await listAudiences(client)).map((audience) => [audience.name, audience]));
  const audiences: AudienceAnswer[] = [];
  for (const [templateId, name] of fromTemplates) {
    const path = '/service/customerAudiences';
    const order = { method: 'POST', path, query: { customerAudienceTemplateId: templateId } } as const;
    const body = jsonBody({ name, refresh: 'onCustomerLoad' });
    audiences.push(known.get(name) ?? (await client.read(audienceSchema, { ...order, ...body })));
  }
  const told = audiences.map(({ name, customerCount }) => `"${name}" ${formatCount(customerCount)}`);
  return { said: `${audiences.length} audiences: ${told.join(', ')}`, value: audiences };
}

async function passWeeks(
  { client, clock }: Pick<BaseTools, 'client' | 'clock'>,
  { weeks, first, audiences }: { weeks: number; first: number; audiences: readonly AudienceAnswer[] },
): Promise<StepResult<readonly AudienceAnswer[]>> {
  let followed = audiences;
  for (let week = 1; week <= weeks; week++) {
    // The last load is some days old, so that it is among the changes of the last seven.
    clock.goTo(demoWeeks - week - 0.4);
    const from = first + (week - 1) * joinedAWeek;
    await upsert(client, 'customers', customerFile(customersOfWeek(week, { from, count: joinedAWeek })));
    await upsert(client, 'accounts', syntheticAccounts({ from, count: joinedAWeek }));
    followed = await askAgain(client, followed);
  }
  const { count = 0 } = await client.read(pageSchema, { path: '/service/customers', query: { limit: 0 } });
  verify(count === demoCustomerCount, 'the weeks have brought another number of customers than their files');
  const told = followed.map(({ customerCount }, index) => formatChange(audiences[index], customerCount));
  const said = `${weeks} weeks of loads, ${formatQuantity(count, 'customer')} now; the audiences followed: ${told.join(', ')}`;
  return { said, value: followed };
}

/** They would follow by themselves in a moment; the next week must not begin before they have. */
async function askAgain(client: ApiClient, audiences: readonly AudienceAnswer[]): Promise<readonly AudienceAnswer[]> {
  const asked: AudienceAnswer[] = [];
  for (const { id } of audiences) {
    const order = {
      method: 'POST',
      path: '/service/refreshedCustomerAudiences',
      query: { customerAudience: id },
    } as const;
    asked.push(await client.read(audienceSchema, order));
  }
  return asked;
}

function formatChange(before: AudienceAnswer | undefined, countNow: number): string {
  const change = countNow - (before?.customerCount ?? 0);
  return change < 0 ? `−${formatCount(-change)}` : `+${formatCount(change)}`;
}

/** As they were before what the weeks bring. */
function* customersAtFirst(count: number, weeks: number): Generator<SyntheticCustomer> {
  for (let index = 0; index < count; index++) {
    const customer = syntheticCustomer(index);
    yield changesInWeek(index) <= weeks ? { ...customer, electronicStatements: 'false' } : customer;
  }
}

/** Who joined in a week, and who changed in it. */
function* customersOfWeek(
  week: number,
  { from, count }: { from: number; count: number },
): Generator<SyntheticCustomer> {
  for (let index = 0; index < from; index++) if (changesInWeek(index) === week) yield syntheticCustomer(index);
  for (let index = from; index < from + count; index++) yield syntheticCustomer(index);
}

/** From 1; most weeks never come. */
function changesInWeek(index: number): number {
  return 1 + (index % changedOneOf);
}

async function upsert(client: ApiClient, kind: LoadedKind, file: Iterable<Uint8Array>): Promise<BaseLoadAnswer> {
  const load = await loadBase(client, {
    kind,
    bytes: async function* () {
      yield* file;
    },
    format: 'csv',
    mode: 'upsert',
    ignoreColumns: [],
    confirmRemovals: false,
    dryRun: false,
  });
  verify((load.invalidCount ?? 0) === 0, 'a made-up row was refused');
  return load;
}

function loadedCount(load: BaseLoadAnswer): number {
  return (load.insertedCount ?? 0) + (load.updatedCount ?? 0) + (load.unchangedCount ?? 0);
}

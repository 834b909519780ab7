import { type ApiClient, checked } from '../client/api-client.ts';
import { type AudienceAnswer, audienceSchema, type ImportAnswer, pageSchema } from '../client/api-schemas.ts';
import { type WrittenMembers, writeMembers } from '../client/audience-export.ts';
import { listAudiences } from '../client/audience-lookup.ts';
import { loadBase } from '../client/base-load.ts';
import { formatBytes, formatQuantity } from '../output/format.ts';
import { ledgerAddsUp, ledgerEquation, ledgerRemarks } from '../output/ledger.ts';
import type { Printer } from '../output/printer.ts';
import { writeFileWhole } from '../output/whole-file.ts';
import { runCampaignTour } from './demo-campaigns.ts';
import { runFilterTour } from './demo-filters.ts';
import { type DemoList, demoList } from './demo-list.ts';
import { freeName, jsonBody, verify } from './demo-parts.ts';
import type { StepResult, Story } from './story.ts';
import { syntheticAccounts } from './synthetic-accounts.ts';
import { relationshipTiers, syntheticCustomers } from './synthetic-customers.ts';

export const demoCustomerCount = 20_000;
const audienceName = 'Spring mailing';

export interface TourResult {
  readonly audience: AudienceAnswer;
  readonly ledger: ImportAnswer;
  readonly filtered: AudienceAnswer;
  readonly rowCount: number;
}

/** What the guide says, step by step over HTTP: customers, list, import, find, walk. Every step verifies the last. */
export async function runTour(
  tools: { client: ApiClient; printer: Printer; story: Story },
  membersFile: { path: string; shown: string },
): Promise<TourResult> {
  const { client, printer, story } = tools;
  await story.step('Attribute', () => ensureAttribute(client));
  await story.step('Customers', () => ensureCustomers(client));
  await story.step('Accounts', () => ensureAccounts(client));
  const list = await story.step('List', async () => madeList());
  const name = await freeName(client, audienceName);
  const audience = await story.step('Import', () => importDemoList(client, { name, list }));
  const ledger = audience.import;
  verify(ledger !== undefined, 'the answer has no import');
  printLedger(printer, ledger);
  verify(ledgerAddsUp(ledger) && ledger.lineCount === list.lineCount, 'the outcomes do not add up to the lines');
  const found = await story.step('Find', () => findByName(client, name));
  verify(found.id === audience.id, 'the list of audiences has another one of this name');
  const rowCount = await story.step('Members', () => walkMembers(client, found, membersFile));
  const filtered = await runFilterTour({ client, printer, story }, audience);
  await runCampaignTour({ client, story }, filtered);
  return { audience, ledger, filtered, rowCount };
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

async function ensureAccounts(client: ApiClient): Promise<StepResult<void>> {
  const query = { state: 'completed', limit: 0 };
  const { count = 0 } = await client.read(pageSchema, { path: '/service/accountLoads', query });
  if (count > 0) return { said: 'there from an earlier start', value: undefined };
  const load = await loadBase(client, {
    kind: 'accounts',
    bytes: async function* () {
      yield* syntheticAccounts({ count: demoCustomerCount });
    },
    format: 'csv',
    mode: 'upsert',
    ignoreColumns: [],
    confirmRemovals: false,
    dryRun: false,
  });
  verify((load.invalidCount ?? 0) === 0, 'a made-up account was refused');
  const loaded = (load.insertedCount ?? 0) + (load.updatedCount ?? 0) + (load.unchangedCount ?? 0);
  return { said: `${formatQuantity(loaded, 'account')} loaded, their numbers as tokens only`, value: undefined };
}

async function ensureCustomers(client: ApiClient): Promise<StepResult<void>> {
  const { count = 0 } = await client.read(pageSchema, { path: '/service/customers', query: { limit: 0 } });
  if (count >= demoCustomerCount) {
    return { said: `${formatQuantity(count, 'customer')}, there from an earlier start`, value: undefined };
  }
  const load = await loadBase(client, {
    kind: 'customers',
    bytes: async function* () {
      yield* syntheticCustomers({ count: demoCustomerCount });
    },
    format: 'csv',
    mode: 'upsert',
    ignoreColumns: [],
    confirmRemovals: false,
    dryRun: false,
  });
  const loaded = (load.insertedCount ?? 0) + (load.updatedCount ?? 0) + (load.unchangedCount ?? 0);
  verify(loaded === demoCustomerCount, 'the load has another number of customers than its file');
  const said = `${formatQuantity(loaded, 'made-up customer')} loaded, their identifiers blinded and sealed`;
  return { said, value: undefined };
}

function madeList(): StepResult<DemoList & { content: string }> {
  const list = demoList(demoCustomerCount);
  const content = Buffer.from(list.text).toString('base64');
  const said = `${formatQuantity(list.lineCount, 'line')} of tax ids, some unknown, twice or broken: ${formatBytes(content.length)} of base64`;
  return { said, value: { ...list, content } };
}

async function importDemoList(
  client: ApiClient,
  { name, list }: { name: string; list: { content: string } },
): Promise<StepResult<AudienceAnswer>> {
  const body = {
    identifierType: 'taxIdNumber',
    name,
    description: 'Made by `rollcall demo`.',
    fileName: 'spring-mailing.csv',
    includesHeader: false,
    content: list.content,
  };
  const answer = await client.send({ method: 'POST', path: '/service/importedCustomerAudiences', ...jsonBody(body) });
  const audience = checked(audienceSchema, answer.body);
  const said = `POST /service/importedCustomerAudiences: ${answer.status}, ${formatQuantity(audience.customerCount, 'customer')}`;
  return { said, value: audience };
}

function printLedger(printer: Printer, ledger: ImportAnswer): void {
  printer.line();
  printer.line(`    ${printer.style.accent(ledgerEquation(ledger))}`);
  printer.line();
  const remarks = ledgerRemarks(ledger, printer.style);
  for (const line of remarks) printer.line(`    ${line}`);
  if (remarks.length > 0) printer.line();
}

async function findByName(client: ApiClient, name: string): Promise<StepResult<AudienceAnswer>> {
  const audiences = await listAudiences(client);
  const found = audiences.find((audience) => audience.name === name);
  verify(found !== undefined, 'the new audience is not in the list');
  const said = `GET /service/customerAudiences: "${name}", ${found.id}, found among ${formatQuantity(audiences.length, 'audience')}`;
  return { said, value: found };
}

async function walkMembers(
  client: ApiClient,
  audience: AudienceAnswer,
  file: { path: string; shown: string },
): Promise<StepResult<number>> {
  const order = { format: 'csv', channel: 'any' } as const;
  let written: WrittenMembers = { rowCount: 0, withheldCount: 0, heldBackCount: 0 };
  await writeFileWhole(file.path, async (write) => {
    written = await writeMembers(client, audience.id, order, write);
  });
  const { rowCount, heldBackCount } = written;
  const isWhole = rowCount + heldBackCount === audience.customerCount;
  verify(isWhole, 'the pages have another number of members than the audience');
  const said = `all pages by nextPage_url: ${formatQuantity(rowCount, 'row')}, as many as the count, in ${file.shown}`;
  return { said, value: rowCount };
}

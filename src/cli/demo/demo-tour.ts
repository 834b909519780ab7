import { type ApiClient, checked } from '../client/api-client.ts';
import { type AudienceAnswer, audienceSchema, type ImportAnswer } from '../client/api-schemas.ts';
import { type WrittenMembers, writeMembers } from '../client/audience-export.ts';
import { listAudiences } from '../client/audience-lookup.ts';
import { formatBytes, formatQuantity } from '../output/format.ts';
import { ledgerAddsUp, ledgerEquation, ledgerRemarks } from '../output/ledger.ts';
import type { Printer } from '../output/printer.ts';
import { writeFileWhole } from '../output/whole-file.ts';
import { demoCustomerCount, runBaseTour } from './demo-base.ts';
import { runCampaignTour } from './demo-campaigns.ts';
import type { DemoClock } from './demo-clock.ts';
import { runFilterTour } from './demo-filters.ts';
import { type DemoList, demoList } from './demo-list.ts';
import { freeName, jsonBody, verify } from './demo-parts.ts';
import type { StepResult, Story } from './story.ts';

const audienceName = 'Spring mailing';

export interface TourResult {
  readonly audience: AudienceAnswer;
  readonly ledger: ImportAnswer;
  readonly filtered: AudienceAnswer;
  readonly rowCount: number;
}

/** What the guide says, step by step over HTTP: customers, list, import, find, walk. Every step verifies the last. */
export async function runTour(
  tools: { client: ApiClient; printer: Printer; story: Story; clock: DemoClock },
  membersFile: { path: string; shown: string },
): Promise<TourResult> {
  const { client, printer, story } = tools;
  const paper = await runBaseTour(tools);
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
  await runCampaignTour({ client, story }, { filtered, paper });
  return { audience, ledger, filtered, rowCount };
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
    description: 'Who gets the spring mailing. The list came from the branches.',
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

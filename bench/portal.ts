import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { findChromium, launchBrowser } from '../test/e2e/browser.ts';
import { enrol } from '../test/e2e/sign-in.ts';
import type { BenchContext } from './support/context.ts';
import { loadFile } from './support/load-file.ts';
import { type BenchResult, type Figure, median } from './support/report.ts';

const rounds = 9;
const audiences = 10_000;
/** Requests at a time while the audiences are made. */
const makers = 8;

/**
 * How long a person waits in the portal, from the press of a key or button to the paint that answers it: the table of
 * ten thousand audiences beside one of a hundred, and the builder beside the bare question of the API.
 *
 * @param accountsFile of the customers: the builder's criteria ask about their products
 */
export async function benchPortal(context: BenchContext, accountsFile: string): Promise<BenchResult> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('the portal is measured in Chromium, which is not installed');
  const { server, folder } = context;
  await using browser = await launchBrowser(executablePath);
  const statePath = join(folder, 'person.json');
  await enrol(browser, { link: makePerson(server), statePath });
  const signedIn = await browser.newContext({ storageState: statePath, viewport: { width: 1280, height: 800 } });
  await makeAudiences(context, { from: 0, to: 100 });
  const few = await tableFigures(signedIn, server.address);
  await makeAudiences(context, { from: 100, to: audiences });
  const many = await tableFigures(signedIn, server.address);
  await loadFile(context, '/service/accountLoads?mode=upsert', accountsFile);
  const builder = await builderFigure(signedIn, context);
  return {
    bench: 'portal',
    engine: context.engine,
    parameters: { customers: context.customers, audiences },
    figures: [...many.map((figure, index) => beside(figure, few[index])), builder],
  };
}

/** An administrator, who sees the audiences that the benchmark makes as an application. */
function makePerson(server: BenchContext['server']): string {
  const roles = ['administrator', 'analyst'].flatMap((role) => ['--role', role]);
  const args = ['user', 'create', '--json', '--institution', 'BENCH', '--login', 'bench@example.com'];
  return JSON.parse(server.command([...args, '--name', 'Bench Person', ...roles])).link;
}

async function makeAudiences({ server }: BenchContext, range: { from: number; to: number }): Promise<void> {
  let next = range.from;
  const make = async () => {
    while (next < range.to) {
      const index = next++;
      const filters = [{ filterType: { name: 'customerAge' }, operator: 'equals', values: [18 + (index % 80)] }];
      const answer = await server.fetch('/service/customerAudiences', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: `Audience ${String(index).padStart(5, '0')}`, filters }),
      });
      if (answer.status !== 201) throw new Error(`an audience was refused: ${await answer.text()}`);
    }
  };
  await Promise.all(Array.from({ length: makers }, make));
}

interface Waited {
  readonly name: string;
  readonly ms: number;
}

async function tableFigures(context: BrowserContext, address: string): Promise<readonly Waited[]> {
  const page = await openView(context, `${address}/audiences`);
  await page.locator('tbody tr').first().waitFor();
  const sorted: number[] = [];
  const typed: number[] = [];
  const scrolled: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const by = round % 2 === 0 ? 'Customers' : 'Name';
    sorted.push(await waitedFor(page, 'tbody', () => page.getByRole('button', { name: by }).click()));
    typed.push(
      await longest(page, 'event', () => page.getByRole('searchbox').pressSequentially(`Audience 000${round}`)),
    );
    await page.getByRole('searchbox').fill('');
    await page.locator('tbody tr').nth(10).waitFor();
    scrolled.push(await longest(page, 'long-animation-frame', () => scrollDown(page)));
    await page.evaluate('scrollTo(0, 0)');
  }
  await page.close();
  return [
    { name: 'sort: press to new rows', ms: median(sorted) },
    { name: 'search: longest of the letters', ms: median(typed) },
    { name: 'scroll: longest frame, 0 for none over 50 ms', ms: median(scrolled) },
  ];
}

async function scrollDown(page: Page): Promise<void> {
  await page.mouse.move(640, 500);
  for (let turn = 0; turn < 30; turn += 1) await page.mouse.wheel(0, 600);
}

/** As portal/src/pages/build/use-estimate.ts has it. */
const pauseBeforeAskingMs = 150;

async function builderFigure(context: BrowserContext, bench: BenchContext): Promise<Figure> {
  const page = await openView(context, `${bench.server.address}/build?template=youngSavers`);
  await page.locator('[data-step]').nth(1).waitFor();
  const input = page.getByRole('textbox', { name: 'Age: to' });
  const waited: number[] = [];
  const asked: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    waited.push(await waitedFor(page, '[data-count]', () => input.fill(String(31 + round))));
    asked.push(await askBare(bench, 31 + rounds + round));
  }
  await page.close();
  const ms = median(waited);
  return {
    name: 'builder: change of a value to count and funnel',
    value: ms,
    unit: 'ms',
    floor: { name: `the question by HTTP, and the pause of ${pauseBeforeAskingMs} ms`, value: median(asked) },
    ratio: ms / (median(asked) + pauseBeforeAskingMs),
    target: { text: 'at most 300 ms', met: ms <= 300 },
  };
}

/** The filters of the template, with another age that nobody has asked for. */
async function askBare({ server }: BenchContext, years: number): Promise<number> {
  const filters = [
    { filterType: { name: 'customerAge' }, operator: 'between', values: [18, years] },
    { filterType: { name: 'productType' }, operator: 'equals', values: ['savings'] },
  ];
  const startedAt = performance.now();
  const answer = await server.fetch('/service/customerAudienceEstimates', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ filters }),
  });
  if (!answer.ok) throw new Error(`the question was refused: ${await answer.text()}`);
  await answer.text();
  return performance.now() - startedAt;
}

const pageClock = readFileSync(join(import.meta.dirname, 'support', 'page-clock.js'), 'utf8');

/** Milliseconds from the first event of an act to the paint after the last change below an element, told by the page. */
async function waitedFor(page: Page, selector: string, act: () => Promise<unknown>): Promise<number> {
  await page.evaluate(pageClock);
  await page.evaluate(`pageClock.watch(${JSON.stringify(selector)})`);
  await act();
  return Number(await page.evaluate('pageClock.settled()'));
}

/** Milliseconds of the longest event, or frame, that the browser reported meanwhile; 0 for none. */
async function longest(
  page: Page,
  entryType: 'event' | 'long-animation-frame',
  act: () => Promise<unknown>,
): Promise<number> {
  await page.evaluate(pageClock);
  await page.evaluate(`pageClock.observe(${JSON.stringify(entryType)})`);
  await act();
  return Number(await page.evaluate('pageClock.longest()'));
}

function beside({ name, ms }: Waited, few: Waited | undefined): Figure {
  const target = { text: 'at most 100 ms', met: ms <= 100 };
  const base = { name, value: ms, unit: 'ms', target };
  return few === undefined || few.ms === 0
    ? base
    : { ...base, floor: { name: 'with 100 audiences', value: few.ms }, ratio: ms / few.ms };
}

async function openView(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(address);
  return page;
}

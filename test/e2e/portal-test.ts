import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { packageRoot } from '../../src/lib/package-root.ts';
import { launchBrowser } from './browser.ts';

interface E2eSettings {
  readonly executablePath: string;
  readonly address: string;
  readonly statePath: string;
}

/** What `scripts/e2e.ts` has started. */
export const e2e: E2eSettings = JSON.parse(process.env.ROLLCALL_E2E ?? 'null') ?? missing();
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const screenshotFolder = join(packageRoot(), '.cache', 'screenshots');

export interface Portal {
  /** A page of the administrator's session, at a view. Whatever the console complains of fails the test at its end. */
  open(
    path: string,
    options?: { colorScheme?: 'light' | 'dark'; width?: number; height?: number },
  ): Promise<PortalPage>;
  readonly browser: () => Browser;
}

export interface PortalPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
}

/** What a page of the running test had come to when it was closed. */
interface LastView {
  readonly complaints: readonly string[];
  readonly picture: Buffer;
}

/** The pages of the running test: a file has one test at a time. */
const lastViews: LastView[] = [];

/** One browser a test file. What a console complained of fails the test; of a test that failed the last views are kept. */
export function withPortal(): Portal {
  let browser: Browser | undefined;
  before(async () => {
    mkdirSync(screenshotFolder, { recursive: true });
    browser = await launchBrowser(e2e.executablePath);
  });
  afterEach((t) => {
    const views = lastViews.splice(0);
    const complaints = views.flatMap((view) => view.complaints);
    if (!('passed' in t && t.passed) || complaints.length > 0) keepLastViews(t.name, views);
    assert.deepEqual(complaints, []);
  });
  after(() => browser?.close());
  const running = () => browser ?? missing();
  return {
    browser: running,
    async open(path, { colorScheme = 'light', width = 1280, height = 800 } = {}) {
      const context = await running().newContext({
        storageState: e2e.statePath,
        colorScheme,
        viewport: { width, height },
        reducedMotion: 'reduce',
      });
      return await openPage(context, path);
    },
  };
}

function keepLastViews(testName: string, views: readonly LastView[]): void {
  const name = testName.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80);
  for (const [index, { picture }] of views.entries())
    writeFileSync(join(screenshotFolder, `failed-${name}-${index + 1}.png`), picture);
}

/** A page whose console is listened to: an error fails the test, a refused style or script among them. */
export async function openPage(context: BrowserContext, path: string): Promise<PortalPage> {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // An answer that is no success is the business of the test that made it.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  await page.goto(`${e2e.address}${path}`);
  return {
    page,
    context,
    async [Symbol.asyncDispose]() {
      // Nothing here may throw: it would hide why the test failed.
      const picture = await page.screenshot({ timeout: 5000 }).catch(() => Buffer.alloc(0));
      await context.close();
      lastViews.push({ complaints, picture });
    },
  };
}

/**
 * Looks until it is so. The browser's own waitForFunction evaluates text inside the page, which the policy refuses.
 */
export async function until(isSo: () => Promise<boolean>, { timeoutMs = 20_000 } = {}): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('it has not come to it in time');
    await setTimeout(50);
  }
}

/** WCAG 2.2 A and AA, as far as a program can tell. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const { violations: found } = await Reflect.get(globalThis, 'axe').run({ runOnly: { type: 'tag', values: tags } });
    return found.map((violation: { id: string; nodes: { target: string[]; failureSummary: string }[] }) => ({
      id: violation.id,
      nodes: violation.nodes.slice(0, 3).map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
    }));
  });
  assert.deepEqual(violations, [], what);
}

/** Keeps how a view looks. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(screenshotFolder, `${name}.png`) });
}

function missing(): never {
  throw new Error('run the end-to-end tests by npm run test:e2e');
}

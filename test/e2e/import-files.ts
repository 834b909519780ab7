import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Page } from 'playwright-core';
import { syntheticCustomer } from '../../src/cli/demo/synthetic-customers.ts';

/** Files of a test file, gone with it. */
export function withFiles(): (name: string, content: string | Uint8Array) => string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-import-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
}

/** Through the input of the drop zone, as its button does. */
export function chooseFile(page: Page, path: string): Promise<void> {
  return page.locator('input[type=file]').setInputFiles(path);
}

/** The counts of the ledger as the table shows them; the last one is the sum. */
export async function ledgerOf(page: Page): Promise<number[]> {
  const table = page.locator('table', { has: page.getByRole('rowheader', { name: /^All / }) });
  const cells = await table.locator('tr td:nth-child(2)').allInnerTexts();
  return cells.map((cell) => Number(cell.replaceAll(',', '')));
}

/** The lines of a file that the page hands over, without the end of the last one. */
export async function savedLines(page: Page, name: string, begin: () => Promise<void>): Promise<string[]> {
  const download = page.waitForEvent('download', { timeout: 120_000 });
  await begin();
  const made = await download;
  assert.equal(made.suggestedFilename(), name);
  return readFileSync(await made.path(), 'utf8')
    .split('\r\n')
    .slice(0, -1);
}

/** Tax ids that exactly one customer of the demo has, none with a zero in front. */
export function knownTaxIds(count: number): string[] {
  const taxIds = Array.from({ length: 400 }, (_, index) => syntheticCustomer(index).taxIdNumber);
  const unique = taxIds.filter((taxId) => taxId !== '' && taxIds.filter((other) => other === taxId).length === 1);
  return unique.filter((taxId) => !taxId.startsWith('0')).slice(0, count);
}

/** The first one that begins with a zero. */
export function zeroedTaxId(): string {
  for (let index = 0; index < 20_000; index += 1) {
    const { taxIdNumber } = syntheticCustomer(index);
    const { taxIdNumber: partner } = syntheticCustomer(index ^ 1);
    if (taxIdNumber.startsWith('0') && taxIdNumber !== partner) return taxIdNumber;
  }
  throw new Error('the demo has no such customer');
}

/** For the page: how long each task took that kept it from answering. */
export const watchLongTasks = `
  globalThis.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({
    type: 'longtask',
  });`;

/** A task that takes longer is felt; a machine that others use too takes as much longer as it is busy. */
export const longTaskMs = 200;

export async function longestTask(page: Page): Promise<number> {
  return Number(await page.evaluate('Math.max(0, ...longTasks)'));
}

/** How much longer work takes while others use the processors too; 1 on a machine of one's own. */
export function busyness(): number {
  const begun = performance.now();
  const used = process.cpuUsage();
  while (performance.now() - begun < 300);
  const { user } = process.cpuUsage(used);
  return Math.max(1, 300 / Math.max(1, user / 1_000));
}

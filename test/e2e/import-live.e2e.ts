import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { syntheticTaxId } from '../../src/cli/demo/synthetic-tax-ids.ts';
import {
  busyness,
  chooseFile,
  knownTaxIds,
  ledgerOf,
  longestTask,
  longTaskMs,
  savedLines,
  watchLongTasks,
  withFiles,
  zeroedTaxId,
} from './import-files.ts';
import { keepScreenshot, screenshotFolder, withPortal } from './portal-test.ts';

const portal = withPortal();
const write = withFiles();
const known = knownTaxIds(40);

test('an import that runs is followed in a second window, ends there by itself, and its rejects are made', async (context) => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  const lines = Array.from({ length: 1_000_000 }, (_, index) => syntheticTaxId(index));
  await page.evaluate(watchLongTasks);
  await chooseFile(page, write('followed.txt', lines.join('\n')));
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByRole('button', { name: /^Create the audience/ }).click({ timeout: 120_000 });
  await page.waitForURL(/\/import\/[0-9a-f]{20}/, { timeout: 120_000 });
  const second = await opened.context.newPage();
  await second.goto(page.url());
  await second.getByText(/1,000,000 lines received · Running for \d+ s/).waitFor();
  await second.getByText('this address shows how it went').waitFor();
  await keepScreenshot(second, 'import-running');
  // Neither window is touched: the events of the server end both.
  for (const window of [second, page]) {
    await window.getByRole('heading', { name: /^The audience has [\d,]+ customers$/ }).waitFor({ timeout: 120_000 });
    assert.equal((await ledgerOf(window)).at(-1), 1_000_000);
  }
  const rejects = page.getByRole('button', { name: /^Download [\d,]+ lines$/ });
  const count = Number((await rejects.innerText()).replace(/\D/g, ''));
  const begun = performance.now();
  const made = await savedLines(page, 'followed.rejects.csv', () => rejects.click());
  assert.equal(made.length, count + 1);
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  const longest = await longestTask(page);
  context.diagnostic(
    `${count} rejects in ${seconds} s; from the file to them the longest task took ${Math.round(longest)} ms`,
  );
  assert.ok(longest <= longTaskMs * busyness(), `a task of ${longest} ms held the page`);
});

test('a connection that is lost while the list is checked: nothing is gone, and it is checked again', async () => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  await paste(page, `${known[8]}\n${known[9]}\n`, 'Sent from a train');
  const restore = await cutConnection(page, 'Request');
  await page.getByRole('button', { name: 'Check the list' }).click();
  const alert = page.getByRole('alert');
  await alert.getByText('The connection was lost while the list was sent').waitFor();
  await alert.getByText('Nothing was created. Your list and what you filled in are still here.').waitFor();
  assert.ok(
    await alert.evaluate((element) => element.parentElement === element.ownerDocument.activeElement),
    'it has the focus',
  );
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Sent from a train');
  await keepScreenshot(page, 'import-connection-lost');
  await restore();
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByRole('heading', { name: '2 customers would be in the audience' }).waitFor();
});

test('an answer that is lost on the way: the audience is there once', async () => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  await paste(page, `${known[10]}\n${known[11]}\n`, 'Made once');
  await page.getByRole('button', { name: 'Check the list' }).click();
  const create = page.getByRole('button', { name: 'Create the audience of 2 customers' });
  await create.waitFor();
  // The server does its work, and the browser never hears of it.
  const restore = await cutConnection(page, 'Response');
  await create.click();
  await page.getByText('it is never created twice').waitFor();
  await restore();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'The audience has 2 customers' }).waitFor();
});

test('the whole import goes by the keyboard', async () => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  await page.getByRole('button', { name: 'Choose a file' }).waitFor();
  await tabTo(page, page.getByRole('tab', { name: 'File' }));
  await page.keyboard.press('ArrowRight');
  await tabTo(page, page.getByLabel('Pasted list'));
  await page.keyboard.insertText(`Tax ID\n${known[12]}\n${zeroedTaxId().slice(1)}\nn/a\n`);
  await tabTo(page, page.getByRole('button', { name: 'Use this list' }));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'pasted-list.txt' }).and(page.locator(':focus')).waitFor();
  await tabTo(page, page.getByRole('textbox', { name: 'Name' }));
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('Typed only');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '1 customer would be in the audience' }).waitFor();
  await tabTo(page, page.getByRole('button', { name: 'Put them back and check again' }));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '2 customers would be in the audience' }).waitFor();
  await tabTo(page, page.getByRole('button', { name: /^Invalid/ }));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Invalid: 1 line' }).waitFor();
  await page.getByText('n/a').waitFor();
  await tabTo(page, page.getByRole('button', { name: 'Create the audience of 2 customers' }));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'The audience has 2 customers' }).waitFor();
  await tabTo(page, page.getByRole('link', { name: 'Open the audience' }));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Typed only' }).waitFor();
});

test('nothing, a header alone and no text at all are told apart, on a phone too', async () => {
  await using opened = await portal.open('/import', { width: 390, height: 800 });
  const { page } = opened;
  await chooseFile(page, write('nothing.csv', ''));
  await page.getByText('nothing.csv is empty').waitFor();
  const picture = Uint8Array.from({ length: 4_000 }, (_, index) => (index * 7_919) % 256);
  picture.set([0x89, 0x50, 0x4e, 0x47]);
  await chooseFile(page, write('picture.csv', picture));
  await page.getByText('picture.csv is not a text file').waitFor();
  await page.screenshot({ path: join(screenshotFolder, 'import-refused-phone.png'), fullPage: true });
  await chooseFile(page, write('header.csv', 'Name,Tax ID\n'));
  await page.getByText('The column has no values in the first lines.').waitFor();
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByRole('heading', { name: 'No customer matched' }).waitFor();
  assert.deepEqual(await ledgerOf(page), [0, 0, 0, 0, 0, 0, 1, 1]);
  await page.getByRole('button', { name: /^Header/ }).click();
  await page.getByText('Name,Tax ID').waitFor();
  await page.screenshot({ path: join(screenshotFolder, 'import-check-phone.png'), fullPage: true });
  const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
  assert.ok(overflow <= 0, 'nothing stands beyond the edge');
});

async function paste(page: Page, list: string, name: string): Promise<void> {
  await page.getByRole('tab', { name: 'Paste' }).click();
  await page.getByLabel('Pasted list').fill(list);
  await page.getByRole('button', { name: 'Use this list' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
}

/** Presses Tab until something has the focus; whoever cannot get there in so many presses has no keyboard path. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
  }
  throw new Error(`the keyboard does not reach ${target}`);
}

/** Lets no list through, or no answer to one, until it is restored. */
async function cutConnection(page: Page, requestStage: 'Request' | 'Response'): Promise<() => Promise<unknown>> {
  const session = await page.context().newCDPSession(page);
  session.on('Fetch.requestPaused', ({ requestId }) => {
    void session.send('Fetch.failRequest', { requestId, errorReason: 'ConnectionReset' });
  });
  const patterns = [{ urlPattern: '*/service/importedCustomerAudiences*', requestStage }];
  await session.send('Fetch.enable', { patterns });
  return () => session.send('Fetch.disable');
}

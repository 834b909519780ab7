import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { syntheticCustomer } from '../../src/cli/demo/synthetic-customers.ts';
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
import { assertAccessible, keepScreenshot, withPortal } from './portal-test.ts';

const portal = withPortal();
const write = withFiles();

/** Tax ids that exactly one customer of the demo has. */
const known = knownTaxIds(40);
/** One that begins with a zero. */
const zeroed = zeroedTaxId();

/** What goes wrong in real life, in one file; the comments say what becomes of each line. */
const hostileLines = [
  'Name;"Tax ID";Note', // 1 header
  `"Doe; Jane";${known[0]};ok`, // 2 matched
  `Roe;${known[1]?.slice(0, 3)}-${known[1]?.slice(3, 5)}-${known[1]?.slice(5)};"two`, // 3 matched, goes on in 4
  `lines"`,
  `Poe;${zeroed.slice(1)};zero lost`, // 5 invalid, can be repaired
  'Low;9.60001E+08;rounded', // 6 invalid
  ';;', // 7 blank
  '', // 8 blank
  `Doe again;${known[0]};twice`, // 9 duplicate
  `Nobody;${syntheticTaxId(5_000_000)};"unknown, sadly"`, // 10 unmatched
  'Fill;999999999;placeholder', // 11 invalid
  `J\u00f6rg;"${known[2]}";quoted`, // 12 matched
];

const hostileFile = write('hostile_mailing.csv', `\ufeff${hostileLines.join('\r\n')}\r\n`);

test('a hostile file becomes an audience, and its rejects a file that was made here', async () => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  await chooseFile(page, hostileFile);
  await page.getByRole('heading', { name: 'hostile_mailing.csv' }).waitFor();
  await page.getByText('columns set apart by semicolons').waitFor();
  assert.equal(await page.getByLabel('What the values are').first().inputValue(), 'Tax id');
  assert.equal(await page.getByLabel('Column that identifies customers').first().inputValue(), '2: Tax ID');
  assert.equal(await page.getByLabel('The first line is a header').isChecked(), true);
  await page.getByText('Guessed from the name of the column').waitFor();
  await page.getByText('Zeros in front are missing').waitFor();
  await page.getByText('Some numbers were rounded by a spreadsheet').waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Hostile mailing');
  await page.getByRole('textbox', { name: 'Description' }).fill('From **the branch**');
  await page.getByText('Preview', { exact: true }).click();
  assert.equal(await page.locator('strong', { hasText: 'the branch' }).innerText(), 'the branch');

  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByRole('heading', { name: '3 customers would be in the audience' }).waitFor();
  await page.waitForURL('**/import?step=check');
  await page.getByText('1 more line matches if zeros in front are put back.').waitFor();
  assert.deepEqual(await ledgerOf(page), [3, 0, 1, 1, 3, 2, 1, 11]);
  await page.getByRole('button', { name: /^Invalid/ }).click();
  await page.getByRole('heading', { name: 'Invalid: 3 lines' }).waitFor();
  const rows = page.getByRole('region', { name: 'Line numbers' }).locator('tbody tr');
  await rows.getByText(hostileLines[4] ?? '').waitFor();
  assert.deepEqual(await rows.allInnerTexts(), [
    `5\tZeros in front are missing\t${hostileLines[4]}`,
    `6\tRounded by a spreadsheet (1.23457E+08)\t${hostileLines[5]}`,
    `11\tA placeholder such as 123456789\t${hostileLines[10]}`,
  ]);
  await page.getByText('The text of each line comes from your file on this computer').waitFor();
  await keepScreenshot(page, 'import-check');

  await page.getByRole('button', { name: 'Put them back and check again' }).click();
  await page.getByRole('heading', { name: '4 customers would be in the audience' }).waitFor();
  await page.getByText('In 1 line the zeros in front were put back.').waitFor();
  await page.getByRole('button', { name: 'Create the audience of 4 customers' }).click();
  await page.getByRole('heading', { name: 'The audience has 4 customers' }).waitFor();
  await page.waitForURL(/\/import\/[0-9a-f]{20}\?wide=true$/);
  assert.deepEqual(await ledgerOf(page), [4, 0, 1, 1, 2, 2, 1, 11]);
  await keepScreenshot(page, 'import-done');

  const expected = [
    'recordNumber;outcome;reason;Name;"Tax ID";Note',
    `6;invalid;scientificNotation;${hostileLines[5]}`,
    `10;unmatched;;${hostileLines[9]}`,
    `11;invalid;placeholderValue;${hostileLines[10]}`,
  ];
  assert.deepEqual(
    await savedLines(page, 'hostile_mailing.rejects.csv', () =>
      page.getByRole('button', { name: 'Download 3 lines' }).click(),
    ),
    expected,
  );

  await page.getByRole('button', { name: /^Matched/ }).click();
  await rows.getByText(`${known[1]?.slice(5)};"two \u23ce lines"`).waitFor();
  const stored = String(await page.evaluate('JSON.stringify([localStorage, sessionStorage, location.href])'));
  assert.ok(known.every((taxId) => !stored.includes(taxId)));

  // Another day, another window: the same file is chosen again.
  await page.reload();
  await page.getByText('It is read here and sent nowhere.').waitFor();
  await chooseFile(page, hostileFile);
  await page.getByText('The file has 3 lines.').waitFor();
  const saved = await savedLines(page, 'hostile_mailing.rejects.csv', () =>
    page.getByRole('link', { name: 'Save it again' }).click(),
  );
  assert.deepEqual(saved, expected);
  await chooseFile(page, write('other.csv', 'a;b\n'));
  await page.getByText('That is not the file of this import').waitFor();
});

test('a pasted list is checked, its name is refused and mended', async () => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  await page.getByRole('tab', { name: 'Paste' }).click();
  await page.getByLabel('Pasted list').fill(`${known[5]}\n${known[6]}\n`);
  await page.getByRole('button', { name: 'Use this list' }).click();
  await page.getByText('2 of the first 2 values have nine digits').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('Spring mailing');
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByText('Another active audience has this name.').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('Two of them');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '2 customers would be in the audience' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'pasted-list.txt' }).waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Two of them');
});

test('a list of nobody says so, and what it looks like instead', async () => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  const ids = Array.from({ length: 30 }, (_, index) => syntheticCustomer(index).coreCustomerId);
  await chooseFile(page, write('core.txt', ids.join('\n')));
  await page.getByText('30 of the first 30 values are letters followed by digits').waitFor();
  await page.getByLabel('What the values are').first().click();
  await page.getByRole('option', { name: 'Account number' }).click();
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByRole('heading', { name: 'No customer matched' }).waitFor();
  await page.getByRole('button', { name: 'Read them as core customer ids' }).click();
  await page.getByRole('heading', { name: '30 customers would be in the audience' }).waitFor();
});

test('the charset is shown, and what somebody says of it is obeyed', async () => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  const lines = `Name,Tax ID\nJos\u008e,${known[7]}\nJane,${known[8]}\n`;
  await chooseFile(page, write('old_mac.csv', Buffer.from(lines, 'latin1')));
  const field = page.getByLabel('Character set').first();
  assert.equal(await field.inputValue(), 'UTF-8 and Windows-1252, as found');
  await page.getByText('Jos\u017d').waitFor();
  await page.getByLabel('The first line is a header').uncheck();
  await field.click();
  await page.getByRole('option', { name: 'Mac Roman' }).click();
  await page.getByText('Jos\u00e9').waitFor();
  assert.equal(await page.getByLabel('The first line is a header').isChecked(), false, 'the other choices hold');
  await keepScreenshot(page, 'import-charset');
  const answer = page.waitForResponse((response) => response.url().endsWith('?dryRun=true'));
  await page.getByRole('button', { name: 'Check the list' }).click();
  assert.equal((await (await answer).json()).import.charset, 'macintosh');
  await page.getByRole('heading', { name: '2 customers would be in the audience' }).waitFor();
});

test('a million lines: no long task, progress, canceled, sent again, left and found again', async (context) => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  const lines = Array.from({ length: 1_000_000 }, (_, index) => syntheticTaxId(index));
  const file = write('million.txt', `${lines.join('\n')}\n`);
  await page.evaluate(watchLongTasks);
  await chooseFile(page, file);
  await page.getByText('about 1,000,000 lines').waitFor();
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByRole('heading', { name: 'Checking the list' }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('heading', { name: 'million.txt' }).waitFor();

  await slowDown(page);
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByText(/[\d,]+ lines sent · [\d,]+ lines a second · \d+ s left/).waitFor();
  await keepScreenshot(page, 'import-sending');
  await page.getByRole('link', { name: 'Audiences' }).click();
  await page.getByRole('heading', { level: 1, name: 'Audiences' }).waitFor();
  await page.getByRole('link', { name: 'Import a list' }).first().click();
  await page.getByRole('heading', { name: 'Checking the list' }).waitFor();
  await page.getByRole('heading', { name: /customers would be in the audience/ }).waitFor({ timeout: 120_000 });
  const counts = await ledgerOf(page);
  assert.equal(counts.at(-1), 1_000_000);
  assert.equal(
    counts.slice(0, -1).reduce((sum, count) => sum + count),
    1_000_000,
  );
  const longest = await longestTask(page);
  const limit = longTaskMs * busyness();
  context.diagnostic(`read, checked and sent: the longest task took ${Math.round(longest)} ms`);
  assert.ok(longest <= limit, `a task of ${longest} ms held the page, where ${limit} ms are allowed`);

  await page.evaluate(cancelWhenShown);
  await page.getByRole('button', { name: /^Create the audience/ }).click();
  await page.getByRole('heading', { name: 'Creating the audience' }).waitFor();
  await page.getByRole('heading', { name: 'The import was canceled' }).waitFor({ timeout: 60_000 });
  await page.getByRole('link', { name: 'Import another list' }).click();
  await page.getByRole('row', { name: /million\.txt Canceled/ }).waitFor();
});

test('whoever went elsewhere while a list was checked stays there, and is led to it', async () => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  await chooseFile(page, write('meanwhile.txt', knownTaxIds(3).join('\n')));
  let send = () => {};
  const held = new Promise<void>((resolve) => {
    send = resolve;
  });
  await page.route('**/importedCustomerAudiences?dryRun=true', async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByRole('heading', { name: 'Checking the list' }).waitFor();
  await page.getByRole('link', { name: 'Help' }).click();
  await page.getByRole('heading', { level: 1, name: 'Help' }).waitFor();
  send();
  await page.getByText('meanwhile.txt is checked. Nothing was done with it yet.').waitFor();
  assert.equal(new URL(page.url()).pathname, '/help');
  await page.getByRole('button', { name: 'Look at it' }).click();
  await page.getByRole('heading', { name: '3 customers would be in the audience' }).waitFor();
});

test('a list outlives a session that has ended', async () => {
  await using opened = await portal.open('/import');
  const { page, context } = opened;
  await chooseFile(page, write('signed-out.txt', knownTaxIds(2).join('\n')));
  const check = page.getByRole('button', { name: 'Check the list' });
  await check.waitFor();
  const cookies = await context.cookies();
  await context.clearCookies();
  await check.click();
  const dialog = page.getByRole('dialog', { name: 'You have been signed out' });
  await dialog.waitFor();
  await context.addCookies(cookies);
  await page.evaluate('dispatchEvent(new Event("focus"))');
  await dialog.waitFor({ state: 'hidden' });
  await check.click();
  await page.getByRole('heading', { name: '2 customers would be in the audience' }).waitFor();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the import is accessible (${colorScheme})`, async () => {
    await using opened = await portal.open('/import', { colorScheme, height: 1_000 });
    const { page } = opened;
    await page.getByRole('button', { name: 'Choose a file' }).waitFor();
    await assertAccessible(page, `${colorScheme}, choose`);
    await keepScreenshot(page, `import-choose-${colorScheme}`);
    await chooseFile(page, hostileFile);
    await page.getByText('Zeros in front are missing').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill(`Accessible ${colorScheme}`);
    await assertAccessible(page, `${colorScheme}, list`);
    await page.screenshot({ path: join('.cache', 'screenshots', `import-list-${colorScheme}.png`), fullPage: true });
    await page.getByRole('button', { name: 'Check the list' }).click();
    await page.getByRole('button', { name: /^Invalid/ }).click();
    await page.getByRole('region', { name: 'Line numbers' }).waitFor();
    await assertAccessible(page, `${colorScheme}, check`);
    await page.screenshot({ path: join('.cache', 'screenshots', `import-check-${colorScheme}.png`), fullPage: true });
    await page.getByRole('button', { name: /^Create the audience/ }).click();
    await page.getByRole('heading', { name: 'Lines to fix' }).waitFor();
    await assertAccessible(page, `${colorScheme}, done`);
    await page.screenshot({ path: join('.cache', 'screenshots', `import-done-${colorScheme}.png`), fullPage: true });
  });
}

test('on a phone nothing stands beyond the edge', async () => {
  await using opened = await portal.open('/import', { width: 390, height: 800 });
  const { page } = opened;
  await chooseFile(page, hostileFile);
  await page.getByRole('button', { name: 'Check the list' }).waitFor();
  await page.screenshot({ path: join('.cache', 'screenshots', 'import-list-phone.png'), fullPage: true });
  const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
  assert.ok(overflow <= 0, 'nothing stands beyond the edge');
});

/** For the page: the server takes seconds to match a million lines, and on a busy machine the test as many to press. */
const cancelWhenShown = `
  new MutationObserver((_, observer) => {
    const button = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Cancel the import');
    if (button === undefined) return;
    observer.disconnect();
    button.click();
  }).observe(document.body, { childList: true, subtree: true });`;

/** A connection as an office has it, so that there is progress to be seen. */
async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const uploadThroughput = 3_000_000;
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput,
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { escaped, row, simpleRows, workbook, zipped } from '../../portal/src/pages/import/workbook/workbook-fixture.ts';
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
const known = knownTaxIds(40);
const unknown = syntheticTaxId(5_000_000);

const text = (value: string) => `<c t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
const number = (value: string, style = 0) => `<c s="${style}"><v>${value}</v></c>`;

/** What Excel makes of a list in real life; the rows keep their numbers. */
const customers = [
  row(1, text('Name') + text('Tax ID') + text('Since')),
  row(2, text('Doe, Jane') + number(zeroedTaxId().replace(/^0+/, ''), 1) + number('44197', 2)),
  row(3, text('Roe') + number(String(known[0]))),
  // Row 4 has nothing.
  row(5, text('Poe') + number(`${Number(known[1]) / 1e8}E8`)),
  row(6, text('Nobody') + number(unknown, 1)),
  `<row r="7" hidden="1">${text('Low')}${text('n/a')}</row>`,
].join('');

async function mailing(): Promise<string> {
  const sheets = [
    { name: 'Notes', rows: '' },
    { name: 'Customers', rows: customers },
    { name: 'Second list', rows: simpleRows([['Tax ID'], [known[2] ?? ''], [known[3] ?? '']]) },
  ];
  const file = await workbook({ sheets, formats: ['000\\-00\\-0000', 'm/d/yyyy'] });
  return write('summer_workbook.xlsx', await file.bytes());
}

test('a workbook becomes an audience; its rows keep their numbers, its numbers their zeros', async () => {
  await using opened = await portal.open('/import', { height: 1_300 });
  const { page } = opened;
  const file = await mailing();
  await chooseFile(page, file);
  await page.getByText('sheet “Customers” · 7 rows').waitFor();
  assert.equal(await page.getByLabel('Column that identifies customers').first().inputValue(), 'B: Tax ID');
  const rows = page.getByRole('region', { name: 'First rows of the sheet' }).locator('tbody tr');
  const [first, second, , blank] = await rows.allInnerTexts();
  assert.equal(first, '1\tName\tTax ID\tSince');
  const digits = zeroedTaxId();
  assert.equal(second, `2\tDoe, Jane\t${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}\t2021-01-01`);
  assert.equal(blank?.trim(), '4');
  await page.getByText('1 number is read as Excel shows it').waitFor();
  await page.getByText('1 row that Excel hides').waitFor();
  await assertAccessible(page, 'workbook');
  await keepScreenshot(page, 'import-workbook');

  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByRole('heading', { name: '3 customers would be in the audience' }).waitFor();
  assert.deepEqual(await ledgerOf(page), [3, 0, 0, 1, 1, 1, 1, 7]);
  await page.getByRole('button', { name: 'Create the audience of 3 customers' }).click();
  await page.getByRole('heading', { name: 'The audience has 3 customers' }).waitFor();
  await page.waitForURL(/\?wide=true&sheet=1$/);
  const expected = [
    'recordNumber,outcome,reason,Name,Tax ID,Since',
    `6,unmatched,,Nobody,${unknown.slice(0, 3)}-${unknown.slice(3, 5)}-${unknown.slice(5)},`,
    '7,invalid,invalidFormat,Low,n/a,',
  ];
  const download = () => page.getByRole('button', { name: 'Download 2 lines' }).click();
  assert.deepEqual(await savedLines(page, 'summer_workbook.rejects.csv', download), expected);

  await page.reload();
  await page.getByText('summer_workbook.xlsx, 7 lines').waitFor();
  await chooseFile(page, file);
  await page.getByText('The file has 2 lines.').waitFor();
  const save = () => page.getByRole('link', { name: 'Save it again' }).click();
  assert.deepEqual(await savedLines(page, 'summer_workbook.rejects.csv', save), expected);
});

test('another sheet is a choice away, an empty one says so', async () => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  await chooseFile(page, await mailing());
  await choose(page, 'Sheet', 'Second list');
  await page.getByText('sheet “Second list” · 3 rows').waitFor();
  await choose(page, 'Sheet', 'Notes');
  await page.getByText('Choose a sheet with at least one filled cell.').waitFor();
  await page.getByText('sheet “Second list”').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('Of the second sheet');
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByRole('heading', { name: '2 customers would be in the audience' }).waitFor();
});

test('what is no workbook that can be read is refused with what to do', async () => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  const compound = Buffer.alloc(2_048);
  compound.write('d0cf11e0a1b11ae1', 'hex');
  compound[30] = 9;
  await chooseFile(page, write('old.xls', compound));
  await page.getByText('old.xls is an old Excel workbook (.xls)').waitFor();
  compound.write('EncryptedPackage', 512, 'utf16le');
  await chooseFile(page, write('secret.xlsx', compound));
  await page.getByText('secret.xlsx is protected by a password').waitFor();
  await keepScreenshot(page, 'import-workbook-refused');
  const refused = async (name: string, parts: Record<string, string>) => {
    await chooseFile(page, write(name, await (await zipped(parts)).bytes()));
  };
  await refused('calc.ods', { mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '<x/>' });
  await page.getByText('calc.ods is a workbook of another format').waitFor();
  await refused('lists.zip', { 'list.csv': '960000001' });
  await page.getByText('lists.zip is an archive').waitFor();
  const sheets = [{ name: 'One', rows: simpleRows([['960000001']]) }];
  const bomb = await workbook({ sheets, parts: { 'xl/styles.xml': `<x>${' '.repeat(20_000_000)}</x>` } });
  await chooseFile(page, write('bomb.xlsx', await bomb.bytes()));
  await page.getByText('bomb.xlsx is too large a workbook').waitFor();
  const entities = '<!DOCTYPE x [<!ENTITY a "960000001">]><x><row><c t="str"><v>&a;</v></c></row></x>';
  const hostile = await workbook({ sheets, parts: { 'xl/worksheets/sheet1.xml': entities } });
  await chooseFile(page, write('hostile.xlsx', await hostile.bytes()));
  await page.getByText('hostile.xlsx cannot be read').waitFor();
});

test('200,000 rows are read in seconds, with a sign of life, and the page answers', async (context) => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  const rowsCount = 200_000;
  const rows = Array.from({ length: rowsCount }, (_, index) =>
    row(index + 1, `<c t="s"><v>${index}</v></c>${number(syntheticTaxId(index), 1)}${text('a note')}${number('12.5')}`),
  );
  const strings = rows.map((_, index) => `<t>Name ${index}</t>`);
  const book = await workbook({ sheets: [{ name: 'Big', rows: rows.join('') }], strings, formats: ['000000000'] });
  const file = write('big.xlsx', await book.bytes());
  await page.evaluate(watchLongTasks);
  const begun = performance.now();
  await chooseFile(page, file);
  await page.getByRole('progressbar', { name: 'Reading the workbook' }).waitFor();
  await page.getByText('sheet “Big” · 200,000 rows').waitFor();
  const seconds = (performance.now() - begun) / 1_000;
  const longest = await longestTask(page);
  context.diagnostic(`read in ${seconds.toFixed(1)} s, longest task ${Math.round(longest)} ms`);
  const busy = busyness();
  assert.ok(seconds < 10 * busy, `${seconds} s`);
  assert.ok(longest <= longTaskMs * busy, `a task of ${longest} ms held the page`);
});

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).first().click();
  await page.getByRole('option', { name: option }).click();
}

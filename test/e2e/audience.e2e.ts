import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import type { BrowserContext } from 'playwright-core';
import { filtered, listed, openAudience, openTab } from './audience-steps.ts';
import { assertAccessible, e2e, keepScreenshot, until, withPortal } from './portal-test.ts';
import { read } from './session-calls.ts';

const portal = withPortal();

async function readAll(context: BrowserContext, path: string): Promise<Record<string, unknown>[]> {
  const items = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const page = await read(context, next);
    items.push(...page.items);
    next = page.nextPage_url;
  }
  return items;
}

const countOf = (text: string) => Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', ''));

test('an audience is opened from the table, and says how it came to be', async () => {
  await using opened = await portal.open('/audiences');
  const { page, context } = opened;
  const id = await openAudience(page, listed);
  assert.equal(await page.evaluate('document.activeElement.id'), 'page-title');
  const { customerCount } = await read(context, `/service/customerAudiences/${id}`);
  await page
    .getByText(`${customerCount.toLocaleString('en-US')} customers`, { exact: true })
    .first()
    .waitFor();
  const ledger = page.getByRole('table', { name: /Outcomes of the lines/ });
  await ledger.waitFor();
  const rows = await ledger.locator('tbody tr, tfoot tr').all();
  const counts = await Promise.all(rows.map(async (row) => countOf(await row.locator('td').first().innerText())));
  const sum = counts.at(-1) ?? 0;
  await keepScreenshot(page, 'audience-opened');
  assert.ok(sum > 2_000 && counts.slice(0, -1).reduce((all, count) => all + count, 0) === sum, counts.join());
});

test('what is not there has a heading, a title and a way back', async () => {
  await using opened = await portal.open('/audiences/00000000000000000000');
  const { page } = opened;
  await page.getByText('There is no audience with this id.').waitFor();
  assert.equal(await page.title(), 'Audience · Rollcall');
  await page.getByRole('main').getByRole('link', { name: 'Audiences' }).click();
  await page.getByRole('heading', { level: 1, name: 'Audiences' }).waitFor();
  await page.goto(`${e2e.address}/help/guides/no-such-guide`);
  await page.getByRole('heading', { level: 1, name: 'There is no such page of the help' }).waitFor();
});

test('after a dialog the keyboard goes on where it was opened', async () => {
  await using opened = await portal.open('/audiences');
  const { page } = opened;
  await openAudience(page, listed);
  const more = page.getByRole('button', { name: 'More actions' });
  for (const action of ['Rename or describe…', 'Copy…', 'Delete…']) {
    await more.press('Enter');
    await page.getByRole('menuitem', { name: action }).press('Enter');
    await page.getByRole('dialog').locator('input:focus').waitFor();
    await page.keyboard.press('Escape');
    await more.and(page.locator(':focus')).waitFor();
  }
  await page.getByRole('button', { name: 'Export' }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Save the file' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Export' }).and(page.locator(':focus')).waitFor();
});

test('each figure of a ledger leads to the lines that it counts', async () => {
  await using opened = await portal.open('/audiences');
  const { page } = opened;
  await openAudience(page, listed);
  const row = page.getByRole('table', { name: /Outcomes of the lines/ }).getByRole('row', { name: /^Not found/ });
  const count = await row.locator('td').first().innerText();
  await row.getByRole('link', { name: /^Not found/ }).click();
  await page.getByRole('heading', { name: `Not found: ${count} lines` }).waitFor();
  await page.waitForURL(/\/import\/[0-9a-f]{20}\?outcome=unmatched$/);
  await page.getByRole('region', { name: 'Line numbers' }).locator('tbody tr').first().waitFor();
  await page.reload();
  await page.getByRole('heading', { name: `Not found: ${count} lines` }).waitFor();
  await page.getByRole('button', { name: 'Close the lines' }).click();
  await page.waitForURL(/\/import\/[0-9a-f]{20}$/);
  await page.goBack();
  await page.locator('a[data-outcome="matched"]').click();
  await page.getByRole('heading', { name: /^Matched: / }).waitFor();
});

test('criteria are said in words', async () => {
  await using opened = await portal.open('/audiences');
  const { page } = opened;
  await openAudience(page, filtered);
  for (const words of [/is between 35 and 54/, /is not Loan/, /is yes/])
    await page.locator('li', { hasText: words }).waitFor();
  await page.getByRole('button', { name: 'Refresh now' }).click();
  await page.getByText('The members are refreshed').waitFor();
});

test('the members scroll to the last one', async () => {
  await using opened = await portal.open('/audiences');
  const { page, context } = opened;
  const id = await openAudience(page, listed);
  await openTab(page, 'Members');
  const all = await readAll(context, `/service/customerAudiences/${id}/customers?limit=1000`);
  const last = page.locator(`tr[data-customer="${all.at(-1)?.id}"]`);
  await until(async () => {
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
    return (await last.count()) > 0;
  });
  assert.equal(await last.getAttribute('aria-rowindex'), String(all.length + 1));
  await page.getByText(`${all.length.toLocaleString('en-US')} members`, { exact: true }).waitFor();
  assert.ok((await page.locator('tr[data-customer]').count()) < 200, 'only rows in sight are drawn');
});

for (const format of ['CSV', 'JSON Lines'] as const) {
  test(`the export as ${format} has what the API has, row by row`, async () => {
    await using opened = await portal.open('/audiences');
    const { page, context } = opened;
    const id = await openAudience(page, listed);
    await page.getByRole('button', { name: 'Export' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(format, { exact: true }).click();
    const saving = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save the file' }).click();
    const download = await saving;
    const extension = format === 'CSV' ? 'csv' : 'jsonl';
    assert.equal(download.suggestedFilename(), `spring-mailing-v1.${extension}`);
    const text = await readFile(await download.path(), 'utf8');
    const all = await readAll(context, `/service/customerAudiences/${id}/customers?channel=any&version=1&limit=1000`);
    if (format === 'CSV') assert.deepEqual(parse(text, { columns: true }), all.map(cellsOf));
    else
      assert.deepEqual(
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
        all,
      );
    await dialog.getByText(`${all.length.toLocaleString('en-US')} rows are in the file`).waitFor();
    await keepScreenshot(page, `audience-exported-${extension}`);
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
    await dialog.waitFor({ state: 'hidden' });
  });
}

const columns = ['id', 'coreCustomerId', 'customerType', 'givenName', 'familyName', 'businessName', 'emailAddress'];
const others = ['phoneNumber', 'regionCode', 'postalCode', 'birthYear', 'customerSince'];

function cellsOf(customer: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries([...columns, ...others].map((name) => [name, String(customer[name] ?? '')]));
}

test('the history has both versions, and who went from one to the other', async () => {
  await using opened = await portal.open('/audiences');
  const { page, context } = opened;
  const id = await openAudience(page, filtered);
  await openTab(page, 'History');
  await page.locator('tr[data-version="2"]').waitFor();
  assert.equal(await page.locator('tr[data-version]').count(), 2);
  await page.getByRole('img', { name: /A line from/ }).waitFor();
  const { count } = await read(context, `/service/customerAudiences/${id}/versions/2/changes?change=removed&limit=0`);
  await page.getByRole('link', { name: 'Changes of version 2' }).click();
  await page.getByRole('heading', { name: `${count.toLocaleString('en-US')} removed` }).waitFor();
  await page.getByRole('heading', { name: '0 added' }).waitFor();
  await page.locator('[data-change="removed"] li a').first().click();
  await page.getByRole('dialog').getByText('Not in the audience').waitFor();
  await page
    .getByRole('dialog')
    .getByText(/Left with version 2/)
    .waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Members of version 1' }).click();
  await page.getByText('You are looking at version 1 of 2').waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Compare two versions' }).waitFor();
});

test('the cells of insights add up to the members', async () => {
  await using opened = await portal.open('/audiences');
  const { page, context } = opened;
  const id = await openAudience(page, listed);
  await openTab(page, 'Insights');
  await page.locator('[data-dimension="regionCode"]').waitFor();
  for (const button of await page.getByRole('button', { name: /Show all/ }).all()) await button.click();
  const { customerCount } = await read(context, `/service/customerAudiences/${id}/insights`);
  for (const dimension of ['ageBand', 'regionCode', 'tenureBand', 'depositsBand']) {
    const cells = await page.locator(`[data-dimension="${dimension}"] td[data-count]`).all();
    const counts = await Promise.all(cells.map(async (cell) => Number(await cell.getAttribute('data-count'))));
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      customerCount,
      dimension,
    );
  }
});

test('the map shades each state by its index, as the table has it', async () => {
  await using opened = await portal.open('/audiences');
  const { page, context } = opened;
  const id = await openAudience(page, listed);
  await openTab(page, 'Insights');
  await page.getByRole('img', { name: /A map of the US states/ }).waitFor();
  assert.equal(await page.locator('[data-state]').count(), 56);
  const { dimensions } = await read(context, `/service/customerAudiences/${id}/insights`);
  const regions = dimensions.find(({ dimension }: { dimension: string }) => dimension === 'regionCode');
  for (const { value, index, customerCount } of regions.cells) {
    if (index === undefined || value === undefined) continue;
    const tile = page.locator(`[data-state="${value}"]`);
    assert.equal(await tile.innerText(), `${value}\n${index}`);
    const title = (await tile.getAttribute('title')) ?? '';
    assert.ok(title.includes(`${customerCount} members`) && title.endsWith(`index ${index}`), title);
  }
  assert.equal(await page.locator('[data-state="WY"]').getAttribute('data-shade'), 'none');
  await page.getByRole('heading', { name: 'Region' }).scrollIntoViewIfNeeded();
  await page.getByRole('img', { name: /A map of the US states/ }).scrollIntoViewIfNeeded();
  await keepScreenshot(page, 'audience-map');
});

test('the overlap of two audiences is theirs in the API', async () => {
  await using opened = await portal.open('/audiences');
  const { page, context } = opened;
  const id = await openAudience(page, listed);
  await openTab(page, 'Overlap');
  await page.getByRole('combobox', { name: 'Compare with other audiences' }).click();
  await page.getByRole('option', { name: filtered }).click();
  const plot = page.locator('[data-plot="upset"]');
  await plot.waitFor();
  const other = new URL(page.url()).searchParams.get('with');
  const { intersections } = await read(context, `/service/customerAudienceOverlaps?audiences=${id},${other}`);
  const counts = await plot
    .locator('td[data-count]')
    .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-count')));
  assert.deepEqual(
    counts,
    intersections.map((part: { customerCount: number }) => String(part.customerCount)),
  );
  await page.reload();
  await plot.waitFor();
});

test('a member is explained from the row', async () => {
  await using opened = await portal.open('/audiences');
  const { page } = opened;
  await openAudience(page, listed);
  await openTab(page, 'Members');
  await page.locator('tr[data-customer] a').first().click();
  const drawer = page.getByRole('dialog', { name: 'One customer' });
  await drawer.getByText('In the audience', { exact: true }).waitFor();
  await drawer.getByText(/Line [\d,]+ of spring-mailing.csv named them/).waitFor();
  await keepScreenshot(page, 'audience-explained');
  await assertAccessible(page, 'explanation');
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });
  await page.getByRole('textbox', { name: 'Customer to explain' }).fill('nobody-has-this-id');
  await page.getByRole('button', { name: 'Why or why not?' }).click();
  await page.getByRole('dialog', { name: 'One customer' }).getByRole('heading', { level: 2 }).last().waitFor();
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });
  // As the table shows them.
  const shown = await page.locator('tr[data-customer] td').first().innerText();
  await page.getByRole('textbox', { name: 'Customer to explain' }).fill(shown);
  await page.keyboard.press('Enter');
  await drawer.getByText('In the audience', { exact: true }).waitFor();
});

test('a copy is made, described, archived, restored and deleted by its typed name', async () => {
  await using opened = await portal.open('/audiences');
  const { page } = opened;
  await openAudience(page, filtered);
  const act = async (name: string) => {
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name, exact: true }).click();
  };
  await act('Copy…');
  await page.getByRole('textbox', { name: 'Name' }).fill('Checking, kept');
  await page.getByRole('radio', { name: /members of version 2, as they are/ }).check();
  await keepScreenshot(page, 'audience-copy');
  await page.getByRole('button', { name: 'Make the copy' }).click();
  await page.getByRole('heading', { level: 1, name: 'Checking, kept' }).waitFor();
  await act('Rename or describe…');
  await page.getByRole('textbox', { name: 'Description' }).fill('As **sent**, <img src=x> [no](javascript:alert(1))');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('strong', { hasText: 'sent' }).waitFor();
  assert.equal(await page.locator('main img, main a[href^="javascript"]').count(), 0);
  await act('Archive');
  await page.getByText('This audience is archived.').waitFor();
  await act('Restore');
  await page.getByText('This audience is archived.').waitFor({ state: 'hidden' });
  await act('Delete…');
  const remove = page.getByRole('button', { name: 'Delete for good' });
  await page.getByRole('textbox', { name: /to delete it/ }).fill('Checking');
  assert.equal(await remove.isDisabled(), true);
  await page.getByRole('textbox', { name: /to delete it/ }).fill('Checking, kept');
  await assertAccessible(page, 'delete');
  await keepScreenshot(page, 'audience-delete');
  await remove.click();
  await page.waitForURL('**/audiences');
  await page.getByRole('link', { name: filtered, exact: true }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Checking, kept', exact: true }).count(), 0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every part of an audience is accessible (${colorScheme})`, async () => {
    await using opened = await portal.open('/audiences', { colorScheme });
    const { page, context } = opened;
    const found = await read(context, '/service/customerAudiences?limit=10');
    const idOf = (name: string) => found.items.find((item: { name: string }) => item.name === name).id;
    const views = [
      { name: 'list', path: idOf(listed), waitFor: 'table' },
      { name: 'criteria', path: idOf(filtered), waitFor: 'main li' },
      { name: 'members', path: `${idOf(listed)}?tab=members`, waitFor: 'tr[data-customer]' },
      { name: 'insights', path: `${idOf(listed)}?tab=insights`, waitFor: '[data-dimension]' },
      { name: 'history', path: `${idOf(filtered)}?tab=history&version=2&against=1`, waitFor: '.recharts-line' },
      { name: 'overlap', path: `${idOf(listed)}?tab=overlap&with=${idOf(filtered)}`, waitFor: '[data-plot="upset"]' },
      { name: 'sharing', path: `${idOf(listed)}?tab=sharing`, waitFor: 'form' },
    ];
    for (const { name, path, waitFor } of views) {
      await page.goto(`${e2e.address}/audiences/${path}`);
      await page.locator(waitFor).first().waitFor();
      await page.waitForLoadState('networkidle');
      await keepScreenshot(page, `audience-${name}-${colorScheme}`);
      await assertAccessible(page, name);
    }
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByText('Nobody is held back').first().waitFor();
    await keepScreenshot(page, `audience-export-${colorScheme}`);
    await assertAccessible(page, 'export');
  });
}

for (const { name, ...size } of [
  { name: 'phone', width: 390, height: 800 },
  { name: 'wide', width: 1920, height: 1080 },
]) {
  test(`on a ${name} screen nothing stands beyond the edge`, async () => {
    await using opened = await portal.open('/audiences', size);
    const { page } = opened;
    await openAudience(page, listed);
    const parts = {
      Overview: page.getByRole('table', { name: /Outcomes/ }),
      Members: page.locator('tr[data-customer]').first(),
      Insights: page.locator('[data-dimension="depositsBand"]'),
      History: page.locator('tr[data-version]').first(),
      Overlap: page.getByText('What do audiences have in common?'),
      Sharing: page.getByRole('combobox', { name: 'Share with' }),
    };
    for (const [tab, content] of Object.entries(parts)) {
      await openTab(page, tab);
      await content.waitFor();
      if (tab === 'Members')
        assert.ok(
          await page
            .getByRole('link', { name: /Why is/ })
            .first()
            .isVisible(),
        );
      const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
      assert.ok(overflow <= 0, `${tab}: ${overflow}`);
      // What is too narrow is broken letter by letter and grows tall.
      if (tab === 'History') assert.ok(((await content.boundingBox())?.height ?? 0) < 80, 'a version is a row');
      await keepScreenshot(page, `audience-${name}-${tab.toLowerCase()}`);
    }
  });
}

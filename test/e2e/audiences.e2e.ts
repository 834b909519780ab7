import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible, e2e, keepScreenshot, openPage, withPortal } from './portal-test.ts';

const portal = withPortal();

test('whoever is not signed in is led to the sign-in and back to the view', async () => {
  const context = await portal.browser().newContext();
  await using opened = await openPage(context, '/audiences?kind=filtered');
  await opened.page.waitForURL('**/sign-in/**');
  assert.equal(await opened.page.getByRole('heading', { level: 1 }).innerText(), 'Sign in');
});

test('the table of audiences is found, sorted and filtered by its address', async () => {
  await using opened = await portal.open('/audiences');
  const { page } = opened;
  const names = page.locator('tbody tr td:first-child a');
  await names.first().waitFor();
  const all = await names.allInnerTexts();
  assert.ok(all.includes('Spring mailing') && all.includes('Checking, no loan'), all.join());
  await page.getByRole('button', { name: 'Customers' }).click();
  await page.waitForURL('**sortBy=-customerCount');
  await page.getByRole('searchbox').fill('spring');
  await page.waitForURL('**name=spring**');
  await page.getByText('1 audience', { exact: true }).waitFor();
  assert.deepEqual(await names.allInnerTexts(), ['Spring mailing']);
  await page.reload();
  await page.getByText('1 audience', { exact: true }).waitFor();
  assert.equal(await page.getByRole('searchbox').inputValue(), 'spring');
});

test('an audience is archived, and the archiving undone', async () => {
  await using opened = await portal.open('/audiences?name=Checking');
  const { page } = opened;
  await page.getByRole('button', { name: 'Actions for Checking, no loan' }).click();
  await page.getByRole('menuitem', { name: 'Archive' }).click();
  await page.getByText('No audience matches').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('link', { name: 'Checking, no loan' }).waitFor();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the audiences are accessible (${colorScheme})`, async () => {
    await using opened = await portal.open('/audiences', { colorScheme });
    await opened.page.locator('tbody tr').first().waitFor();
    await assertAccessible(opened.page, colorScheme);
    await keepScreenshot(opened.page, `audiences-${colorScheme}`);
  });
}

test('on a phone the sections open by a button', async () => {
  await using opened = await portal.open('/audiences', { width: 390, height: 800 });
  const { page } = opened;
  await page.locator('tbody tr').first().waitFor();
  assert.equal(await page.getByRole('link', { name: 'Import a list' }).first().isVisible(), true);
  await keepScreenshot(page, 'audiences-phone');
  const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
  assert.ok(overflow <= 0, 'nothing stands beyond the edge');
});

test('the server names no other host', async () => {
  const answer = await fetch(`${e2e.address}/audiences`);
  const policy = answer.headers.get('content-security-policy') ?? '';
  assert.doesNotMatch(policy, /unsafe|https?:/);
  assert.doesNotMatch(await answer.text(), /__[A-Z]+__|https?:\/\//);
});

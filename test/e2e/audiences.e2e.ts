import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, e2e, keepScreenshot, openPage, withPortal } from './portal-test.ts';
import { addPerson, signedIn } from './steps.ts';

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

test('owners have names, and colleagues are found by theirs by whoever may share', async () => {
  const link = await addPerson(portal, { name: 'Cara Colleague', loginName: 'cara@bank.example', role: 'Analyst' });
  await using own = await portal.open('/audiences?name=spring');
  await own.page.getByRole('link', { name: 'Spring mailing' }).click();
  await share(own.page, 'cara', 'Cara Colleague');
  // By name too: other tests leave audiences of their own.
  await own.page.goto(`${e2e.address}/audiences?owner=me&name=spring`);
  await own.page.getByText('No audience matches').waitFor();
  await own.page.getByRole('combobox', { name: 'Owner' }).fill('dem');
  await own.page.getByRole('option', { name: 'Demo' }).click();
  const owners = own.page.locator('tbody tr td:nth-child(5)');
  await owners.first().waitFor();
  assert.deepEqual([...new Set(await owners.allInnerTexts())], ['Demo']);
  await own.page.getByRole('combobox', { name: 'Owner' }).fill('cara');
  await own.page.getByRole('option', { name: 'Cara Colleague' }).click();
  await own.page.waitForURL(/owner=[0-9a-f]{20}/);
  await own.page.getByText('No audience matches').waitFor();
  await keepScreenshot(own.page, 'audiences-of-a-colleague');

  await using hers = await signedIn(portal, link);
  const { page } = hers;
  await page.getByRole('row', { name: /Spring mailing.*Demo/ }).waitFor();
  await keepScreenshot(page, 'audiences-shared');
  await page.getByRole('link', { name: 'Spring mailing' }).click();
  await page.getByText('Owner: Demo').waitFor();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Copy' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name', exact: true }).fill('Cara keeps this');
  await page.getByRole('dialog').getByRole('button', { name: 'Copy' }).click();
  await page.getByText('Owner: You').waitFor();
  await share(page, 'adm', 'Administrator');
  await page.goto(`${e2e.address}/audiences?owner=me`);
  await page.getByRole('row', { name: /Cara keeps this.*You/ }).waitFor();
});

async function share(page: Page, typed: string, name: string): Promise<void> {
  await page.getByRole('tab', { name: 'Sharing' }).click();
  await page.getByRole('combobox', { name: 'Share with' }).fill(typed);
  await page.getByRole('option', { name }).click();
  await keepScreenshot(page, 'audience-share-form');
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByText(`Shared with ${name}.`).waitFor();
}

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
  const isCut = (link: { scrollHeight: number; clientHeight: number }) => link.scrollHeight > link.clientHeight + 1;
  for (const name of ['Senior credit line', 'Deposits of 100,000 and more', 'Checking, no loan'])
    assert.equal(await page.getByRole('link', { name, exact: true }).evaluate(isCut), false, `${name} is shown whole`);
  const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
  assert.ok(overflow <= 0, 'nothing stands beyond the edge');
});

test('the server names no other host', async () => {
  const answer = await fetch(`${e2e.address}/audiences`);
  const policy = answer.headers.get('content-security-policy') ?? '';
  assert.doesNotMatch(policy, /unsafe|https?:/);
  assert.doesNotMatch(await answer.text(), /__[A-Z]+__|https?:\/\//);
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { syntheticCustomer } from '../../src/cli/demo/synthetic-customers.ts';
import { filtered, listed } from './audience-steps.ts';
import { assertAccessible, e2e, keepScreenshot, screenshotFolder, withPortal } from './portal-test.ts';
import { read, send } from './session-calls.ts';

const portal = withPortal();

/** Core customer numbers of the demo: each names one customer. */
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => syntheticCustomer(from + index).coreCustomerId);
const unknown = 'N0001';

const listOf = (values: readonly string[]) => ({
  identifierType: 'coreCustomerId',
  fileName: 'by-hand.txt',
  content: Buffer.from(values.join('\n')).toString('base64'),
});

/** An audience of the customers 0 to 19, at its page. @returns its id */
async function makeAudience(page: Page, context: BrowserContext): Promise<string> {
  const name = `To be edited ${crypto.randomUUID().slice(0, 8)}`;
  const { id } = await send(context, '/service/importedCustomerAudiences', { ...listOf(numbers(0, 20)), name });
  await page.goto(`${e2e.address}/audiences/${id}`);
  await page.getByRole('heading', { level: 1, name }).waitFor();
  return id;
}

async function beginEdit(page: Page, mode: 'Add' | 'Remove' | 'Replace', values: readonly string[]): Promise<void> {
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Edit members…' }).click();
  await page.getByRole('heading', { level: 1, name: 'Edit members by a list' }).waitFor();
  const section = page.getByRole('navigation', { name: 'Sections' }).locator('[aria-current=page]');
  assert.deepEqual(await section.allInnerTexts(), ['Audiences']);
  await pasteList(page, values);
  await page.getByRole('radio', { name: mode, exact: true }).check();
  await page.getByRole('button', { name: 'Check the list' }).click();
}

async function pasteList(page: Page, values: readonly string[]): Promise<void> {
  await page.getByRole('tab', { name: 'Paste' }).click();
  await page.getByLabel('Pasted list').fill(values.join('\n'));
  await page.getByRole('button', { name: 'Use this list' }).click();
  await page.getByText('are letters followed by digits').waitFor();
}

test('members are added by a list: checked, carried out, and seen at the audience', async () => {
  await using opened = await portal.open('/audiences');
  const { page, context } = opened;
  const id = await makeAudience(page, context);
  await beginEdit(page, 'Add', [...numbers(15, 25), unknown]);
  await page.getByRole('heading', { name: '5 customers would be added' }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('step'), 'check');
  await keepScreenshot(page, 'edit-add-check');
  await assertAccessible(page, 'check of an edit');

  // Back to the list and on again: each step has its address.
  await page.goBack();
  assert.equal(await page.getByRole('radio', { name: 'Add', exact: true }).isChecked(), true);
  await page.screenshot({ path: join(screenshotFolder, 'edit-add-list.png'), fullPage: true });
  await page.goForward();
  await page.getByRole('button', { name: 'Add 5 customers' }).click();
  await page.getByRole('heading', { name: '5 customers were added' }).waitFor();
  await page.getByText('Version 2 has 25 customers.').waitFor();
  await page.getByRole('heading', { name: 'Lines to fix' }).waitFor();
  await keepScreenshot(page, 'edit-added');
  await assertAccessible(page, 'result of an edit');
  await page.getByRole('link', { name: 'See who was added and removed' }).click();
  await page.getByRole('heading', { name: '5 added' }).waitFor();
  await page.goBack();
  await page.getByRole('link', { name: 'Back to the audience' }).click();
  await page.getByText('Version 2', { exact: true }).waitFor();
  await page.getByText('25 customers', { exact: true }).first().waitFor();
  await keepScreenshot(page, 'audience-edited');
  assert.equal(await page.getByRole('table', { name: /Outcomes of the lines/ }).count(), 2, 'checks made nothing');
  await page.getByRole('link', { name: 'Version 2: 5 added, 0 removed' }).click();
  await page.getByRole('heading', { name: '5 added' }).waitFor();
  assert.equal((await read(context, `/service/customerAudiences/${id}`)).customerCount, 25);
});

test('members are removed, and whoever is none is said to be none', async () => {
  await using opened = await portal.open('/audiences');
  const { page, context } = opened;
  const id = await makeAudience(page, context);
  await beginEdit(page, 'Remove', numbers(100, 103));
  await page.getByText('The list names 3 customers, and none is a member.').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Remove/ }).count(), 0);
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.getByRole('button', { name: 'Choose another list' }).click();
  await pasteList(page, [unknown]);
  await page.getByRole('radio', { name: 'Remove', exact: true }).check();
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByText('There is nobody to remove.').waitFor();
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.getByRole('button', { name: 'Choose another list' }).click();
  await pasteList(page, numbers(0, 4));
  await page.getByRole('radio', { name: 'Remove', exact: true }).check();
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByRole('button', { name: 'Remove 4 customers' }).click();
  await page.getByRole('heading', { name: '4 customers were removed' }).waitFor();
  assert.equal((await read(context, `/service/customerAudiences/${id}`)).customerCount, 16);
});

test('a replace asks first, and is held to the audience that was checked', async () => {
  await using opened = await portal.open('/audiences');
  const { page, context } = opened;
  const id = await makeAudience(page, context);
  await beginEdit(page, 'Replace', [unknown]);
  await page.getByText('A list of nobody does not replace the members').waitFor();
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.getByRole('button', { name: 'Choose another list' }).click();
  await pasteList(page, numbers(18, 24));
  await page.getByRole('radio', { name: 'Replace', exact: true }).check();
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByRole('heading', { name: '4 customers would be added, 18 removed' }).waitFor();

  const path = `/service/customerAudiences/${id}/importedCustomers`;
  await send(context, path, { ...listOf(numbers(50, 52)), mode: 'add' });
  await page.getByRole('button', { name: 'Replace the members…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replace the members?' });
  await dialog.getByText('18 customers leave, 4 come.').waitFor();
  await keepScreenshot(page, 'edit-replace-asks');
  await assertAccessible(page, 'replace asks');
  await dialog.getByRole('button', { name: 'Replace the members' }).click();
  await page.getByText('The audience was changed meanwhile').waitFor();
  await page.getByText('It has 22 customers now, in version 2.').waitFor();
  await keepScreenshot(page, 'edit-conflict');
  await assertAccessible(page, 'conflict');
  assert.equal((await read(context, `/service/customerAudiences/${id}`)).version, 2);

  await page.getByRole('button', { name: 'Check the list again' }).click();
  await page.getByRole('heading', { name: '4 customers would be added, 20 removed' }).waitFor();
  await page.getByRole('button', { name: 'Replace the members…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Replace the members' }).click();
  await page.getByRole('heading', { name: '4 customers were added, 20 removed' }).waitFor();
  await page.getByText('Version 3 has 6 customers.').waitFor();
});

test('who is in an audience of criteria is decided by them', async () => {
  await using opened = await portal.open('/audiences');
  const { page } = opened;
  await page.getByRole('link', { name: filtered, exact: true }).click();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Edit members…' }).click();
  await page.getByRole('heading', { name: 'Criteria decide who is in this audience' }).waitFor();
  await keepScreenshot(page, 'edit-by-criteria');
  await assertAccessible(page, 'by criteria');
  await page.getByRole('link', { name: 'Change the criteria' }).click();
  await page.getByRole('heading', { level: 1, name: `Criteria of “${filtered}”` }).waitFor();
});

test('a list that was checked for a new audience is checked anew when it is to edit one', async () => {
  await using opened = await portal.open('/import');
  const { page } = opened;
  await pasteList(page, numbers(0, 3));
  await page.getByRole('textbox', { name: 'Name' }).fill(`Never made ${Date.now()}`);
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByRole('heading', { name: '3 customers would be in the audience' }).waitFor();
  await page.getByRole('link', { name: 'Audiences' }).click();
  await page.getByRole('link', { name: listed, exact: true }).click();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Edit members…' }).click();
  await page.getByRole('heading', { name: 'pasted-list.txt' }).waitFor();
  await page.getByRole('radio', { name: 'Add', exact: true }).waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).count(), 0);
});

test('on a phone in the dark it is the same, and back leads where one came from', async () => {
  await using opened = await portal.open('/audiences', { colorScheme: 'dark', width: 390 });
  const { page, context } = opened;
  const id = await makeAudience(page, context);
  await beginEdit(page, 'Add', numbers(15, 25));
  await page.getByRole('heading', { name: '5 customers would be added' }).waitFor();
  await keepScreenshot(page, 'edit-phone-dark');
  await assertAccessible(page, 'check on a phone, dark');
  const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
  assert.ok(overflow <= 0, String(overflow));
  await page.goBack();
  await page.goBack();
  await page.getByText('Version 1', { exact: true }).waitFor();
  assert.match(page.url(), new RegExp(`/audiences/${id}$`));
});

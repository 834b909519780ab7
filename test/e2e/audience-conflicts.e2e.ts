import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { assertAccessible, e2e, keepScreenshot, withPortal } from './portal-test.ts';
import { patch, read, send } from './session-calls.ts';

const portal = withPortal();

/** A copy of an audience of the demo, at its page. */
async function openCopy(page: Page, context: BrowserContext): Promise<{ name: string; path: string }> {
  const { items } = await read(context, '/service/customerAudiences?name=Spring%20mailing&limit=1');
  const name = `Changed by two ${crypto.randomUUID().slice(0, 8)}`;
  const { id } = await send(context, `/service/customerAudiences?copyOf=${items[0].id}`, { name });
  await page.goto(`${e2e.address}/audiences/${id}`);
  await page.getByRole('heading', { level: 1, name }).waitFor();
  return { name, path: `/service/customerAudiences/${id}` };
}

async function act(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name, exact: true }).click();
}

test('two describe an audience: the second is told, looks, and writes nothing of the first over', async () => {
  await using opened = await portal.open('/audiences', { colorScheme: 'dark' });
  const { page, context } = opened;
  const { name, path } = await openCopy(page, context);
  await act(page, 'Rename or describe…');
  await page.getByRole('textbox', { name: 'Name' }).fill(`${name}, renamed`);
  await patch(context, path, { description: 'From the other window', purpose: 'servicing' });
  await page.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rename or describe' });
  await dialog.getByText('It was changed meanwhile').waitFor();
  await keepScreenshot(page, 'audience-describe-conflict-dark');
  await assertAccessible(page, 'describe, conflict');
  // Without a look the second try is refused as well.
  await page.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Look at it as it is now' }).click();
  await dialog.getByText('It was changed meanwhile').waitFor({ state: 'hidden' });
  assert.equal(await dialog.getByRole('textbox', { name: 'Description' }).inputValue(), 'From the other window');
  assert.equal(await dialog.getByRole('textbox', { name: 'Name' }).inputValue(), `${name}, renamed`);
  await page.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const now = await read(context, path);
  assert.deepEqual(
    [now.name, now.description, now.purpose],
    [`${name}, renamed`, 'From the other window', 'servicing'],
  );
});

test('what was changed meanwhile is not deleted unseen', async () => {
  await using opened = await portal.open('/audiences', { colorScheme: 'dark' });
  const { page, context } = opened;
  const { name, path } = await openCopy(page, context);
  await act(page, 'Delete…');
  await page.getByRole('textbox', { name: /to delete it/ }).fill(name);
  await patch(context, path, { description: 'Still needed' });
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await page.getByText('It was changed meanwhile').waitFor();
  await keepScreenshot(page, 'audience-delete-conflict-dark');
  await assertAccessible(page, 'delete, conflict');
  await page.getByRole('button', { name: 'Look at it as it is now' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.getByText('Still needed').waitFor();
  await act(page, 'Delete…');
  await page.getByRole('textbox', { name: /to delete it/ }).fill(name);
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await page.waitForURL('**/audiences');
});

test('what was changed meanwhile is archived at the second look; what is gone is said to be gone', async () => {
  await using opened = await portal.open('/audiences');
  const { page, context } = opened;
  const { path } = await openCopy(page, context);
  await patch(context, path, { description: 'New words' });
  await act(page, 'Archive');
  await page.getByText('It was changed meanwhile').waitFor();
  await page.getByText('New words').waitFor();
  await act(page, 'Archive');
  await page.getByText('This audience is archived.').waitFor();
  const { etag = '' } = (await context.request.get(`${e2e.address}${path}`)).headers();
  await send(context, path, undefined, { method: 'DELETE', headers: { 'If-Match': etag } });
  await act(page, 'Restore');
  await page.getByText('There is nothing at this address').waitFor();
});

test('each dialog is accessible in the dark', async () => {
  await using opened = await portal.open('/audiences', { colorScheme: 'dark' });
  const { page, context } = opened;
  await openCopy(page, context);
  for (const name of ['Rename or describe…', 'Copy…', 'Delete…']) {
    await act(page, name);
    await page.getByRole('dialog').getByRole('textbox').first().waitFor();
    await keepScreenshot(page, `audience-${name.split(/\W/)[0]?.toLowerCase()}-dark`);
    await assertAccessible(page, `${name}, dark`);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }
  await page.getByRole('tab', { name: 'Members' }).click();
  await page.locator('tr[data-customer] a').first().click();
  await page.getByRole('dialog', { name: 'One customer' }).getByText('In the audience', { exact: true }).waitFor();
  await keepScreenshot(page, 'audience-explained-dark');
  await assertAccessible(page, 'explanation, dark');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { keepScreenshot, withPortal } from './portal-test.ts';

const portal = withPortal();

/** Goes to an audience of the demo as a person does: from the table. */
async function openAudience(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

test('an audience is opened from the table', async () => {
  await using opened = await portal.open('/audiences');
  const { page } = opened;
  await openAudience(page, 'Spring mailing');
  await page.getByText('Made by rollcall demo.').waitFor();
  await keepScreenshot(page, 'audience-overview-light');
  await page.getByRole('tab', { name: 'Members' }).click();
  await page.locator('tr[data-customer]').first().waitFor();
  await keepScreenshot(page, 'audience-members-light');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(300);
  await keepScreenshot(page, 'audience-export-light');
  assert.ok(true);
});

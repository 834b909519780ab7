import type { Page } from 'playwright-core';

/** Audiences of the demo: one from a list, one from criteria. */
export const listed = 'Spring mailing';
export const filtered = 'Checking, no loan';

/** Goes to an audience of the demo as a person does: from the table. @returns its id */
export async function openAudience(page: Page, name: string): Promise<string> {
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

export async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click();
}

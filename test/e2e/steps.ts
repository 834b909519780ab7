import type { TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { keepScreenshot, openPage, type Portal, type PortalPage } from './portal-test.ts';
import { enrolOn } from './sign-in.ts';

/** As the administrator does it. @returns the link for the first sign-in */
export async function addPerson(
  portal: Portal,
  person: { name: string; loginName: string; role: string },
): Promise<string> {
  await using opened = await portal.open('/operations/people');
  const { page } = opened;
  await page.getByRole('button', { name: 'Add a person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill(person.name);
  await dialog.getByRole('textbox', { name: 'Login name' }).fill(person.loginName);
  await dialog.getByRole('checkbox', { name: 'Analyst' }).uncheck();
  await dialog.getByRole('checkbox', { name: person.role, exact: true }).check();
  await keepScreenshot(page, 'operations-add-person');
  await dialog.getByRole('button', { name: 'Add and make a sign-in link' }).click();
  const link = await dialog.locator('code').innerText();
  await keepScreenshot(page, 'operations-link');
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await page
    .getByRole('row', { name: new RegExp(person.name) })
    .getByText('Not signed in yet')
    .waitFor();
  return link;
}

/** A page of the person who was let in. */
export async function signedIn(
  portal: Portal,
  link: string,
): Promise<PortalPage & { authenticator: TOTP | undefined }> {
  const context = await portal.browser().newContext({ reducedMotion: 'reduce' });
  // Not a view of the portal: it would lead on to the sign-in by itself, at any moment, over the page of the link.
  const opened = await openPage(context, '/healthz');
  const authenticator = await enrolOn(opened.page, link);
  await opened.page.waitForURL('**/audiences');
  return { ...opened, authenticator };
}

/** The view is there, with its data. */
export async function settle(page: Page, title?: string): Promise<void> {
  await page.getByRole('heading', { level: 1, ...(title === undefined ? {} : { name: title }) }).waitFor();
  await page.waitForLoadState('networkidle');
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
}

export async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Does something with the row of that name. */
export async function act(page: Page, name: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click();
  await page.getByRole('menuitem', { name: action, exact: true }).click();
}

import { Secret, TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';

export const password = 'correct horse battery staple';

/**
 * Goes the way of somebody new: the link, a password, an authenticator, the recovery codes, the portal. Keeps the
 * session's cookies in a file.
 */
export async function enrol(browser: Browser, { link, statePath }: { link: string; statePath: string }): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await enrolOn(page, link);
  await page.waitForURL('**/audiences');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await context.storageState({ path: statePath });
  await context.close();
}

/** The steps of it on one page, up to the portal. @returns the authenticator that was set up, if one was asked for */
export async function enrolOn(page: Page, link: string): Promise<TOTP | undefined> {
  await page.goto(link);
  for (const field of await page.locator('input[type=password]').all()) await field.fill(password);
  await page.getByRole('button', { name: 'Save the password' }).click();
  const heading = page.getByRole('heading', { level: 1 });
  await heading.waitFor();
  if ((await heading.innerText()) !== 'Set up your authenticator app') return undefined;
  const key = /(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}/.exec(await page.locator('body').innerText())?.[0];
  if (key === undefined) throw new Error('the page shows no key for the authenticator');
  const authenticator = new TOTP({ secret: Secret.fromBase32(key.replaceAll(' ', '')) });
  await page.getByLabel('6-digit code').fill(authenticator.generate());
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByRole('link', { name: 'Continue to Rollcall' }).click();
  return authenticator;
}

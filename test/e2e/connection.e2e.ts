import assert from 'node:assert/strict';
import { test } from 'node:test';
import { syntheticTaxId } from '../../src/cli/demo/synthetic-tax-ids.ts';
import { assertAccessible, e2e, keepScreenshot, withPortal } from './portal-test.ts';
import { password } from './sign-in.ts';
import { addPerson, choose, signedIn } from './steps.ts';

const portal = withPortal();

test('offline the page says so, waits with what it has not yet, and goes on by itself', async () => {
  await using opened = await portal.open('/audiences');
  const { page, context } = opened;
  const row = page.getByRole('row', { name: /Spring mailing/ });
  await row.waitFor();
  await context.setOffline(true);
  const bar = page.getByText('You are offline.');
  await bar.waitFor();
  assert.equal(await row.isVisible(), true, 'what was read stays');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, `offline, ${colorScheme}`);
    await keepScreenshot(page, `offline-${colorScheme}`);
  }
  await page.getByRole('navigation').getByRole('link', { name: 'Operations' }).click();
  await page.getByText('Waiting for the connection').waitFor();
  await keepScreenshot(page, 'offline-view');
  await context.setOffline(false);
  await bar.waitFor({ state: 'detached' });
  await page.getByRole('heading', { level: 1, name: 'Operations' }).waitFor();
});

test('a server that does not answer is looked for, and what was asked meanwhile is shown', async () => {
  await using opened = await portal.open('/audiences');
  const { page } = opened;
  await page.getByRole('row', { name: /Young savers/ }).waitFor();
  await page.route('**/*', (route) => route.abort('connectionrefused'));
  await page.getByRole('searchbox').fill('spring');
  await page.getByText('The server cannot be reached.').first().waitFor();
  await keepScreenshot(page, 'unreachable');
  await page.getByRole('button', { name: 'Look now' }).click();
  await page.unroute('**/*');
  await page.getByText('1 audience', { exact: true }).waitFor();
  assert.equal(await page.getByRole('searchbox').inputValue(), 'spring');
  await page.getByText('The server cannot be reached.').waitFor({ state: 'detached' });
});

test('a change is not sent while offline, and what was typed is there afterwards', async () => {
  await using opened = await portal.open('/operations/people');
  const { page, context } = opened;
  await page.getByRole('button', { name: 'Add a person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Otto Offline');
  await dialog.getByRole('textbox', { name: 'Login name' }).fill('otto@bank.example');
  await context.setOffline(true);
  await page.getByText('You are offline.').waitFor();
  const send = dialog.getByRole('button', { name: 'Add and make a sign-in link' });
  await send.click();
  await dialog.getByText('Nothing was sent.').waitFor();
  await assertAccessible(page, 'a change offline');
  await keepScreenshot(page, 'offline-change');
  await context.setOffline(false);
  await page.getByText('You are offline.').waitFor({ state: 'detached' });
  await send.click();
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('row', { name: /Otto Offline.*otto@bank\.example/ }).waitFor();
});

test('a list that cannot be sent, offline or without a session, stays where it is and is sent later', async () => {
  await using opened = await portal.open('/import');
  const { page, context } = opened;
  await page.getByRole('tab', { name: 'Paste' }).click();
  await page.getByLabel('Pasted list').fill(`${syntheticTaxId(3)}\n${syntheticTaxId(4)}\n`);
  await page.getByRole('button', { name: 'Use this list' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Sent too late');
  await context.setOffline(true);
  const bar = page.getByText('You are offline.');
  await bar.waitFor();
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByText('Nothing was sent.').waitFor();
  await context.setOffline(false);
  await bar.waitFor({ state: 'detached' });
  const cookies = await context.cookies();
  await context.clearCookies();
  await page.getByRole('button', { name: 'Check the list' }).click();
  const dialog = page.getByRole('dialog', { name: 'You have been signed out' });
  await dialog.waitFor();
  await context.addCookies(cookies);
  await page.evaluate('dispatchEvent(new Event("focus"))');
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Sent too late');
  await page.getByRole('button', { name: 'Check the list' }).click();
  await page.getByRole('heading', { name: '2 customers would be in the audience' }).waitFor();
});

test('a page is of one institution: its calls say which, and it is left when another tab has changed it', async () => {
  await using opened = await portal.open('/operations/people');
  const { page } = opened;
  await page.getByRole('button', { name: 'Add a person' }).waitFor();
  const session = await (await page.request.get(`${e2e.address}/session`)).json();
  const asked = page.waitForRequest('**/service/customerAudiences?*');
  await page.getByRole('navigation').getByRole('link', { name: 'Audiences' }).click();
  assert.equal((await asked).headers()['institution-id'], session.institution.id);
  await page.getByRole('navigation').getByRole('link', { name: 'Operations' }).click();
  await page.getByRole('heading', { level: 1, name: 'Operations' }).waitFor();
  const json = { ...session, institution: { id: 'OTHERBANK', name: 'Other Bank' } };
  await page.route('**/session', (route) => route.fulfill({ json }), { times: 1 });
  await page.evaluate('dispatchEvent(new Event("visibilitychange"))');
  await page.waitForURL('**/audiences');
});

test('whoever is signed out under an open page comes back to it, and loses nothing by another tab', async () => {
  const link = await addPerson(portal, { name: 'Tina Tab', loginName: 'tina@bank.example', role: 'Viewer' });
  await using opened = await signedIn(portal, link);
  const { page, context, authenticator } = opened;
  await page.goto(`${e2e.address}/audiences?kind=imported`);
  await page.getByText('0 audiences').waitFor();
  const cookies = await context.cookies();
  await context.clearCookies();
  const search = page.getByRole('searchbox');
  await search.fill('spring');
  const dialog = page.getByRole('dialog', { name: 'You have been signed out' });
  await dialog.waitFor();
  await assertAccessible(page, 'signed out');
  await keepScreenshot(page, 'signed-out');

  // As if they had signed in in another tab and come back from it.
  await context.addCookies(cookies);
  await page.evaluate('dispatchEvent(new Event("focus"))');
  await dialog.waitFor({ state: 'hidden' });
  await page.getByText('No audience matches').waitFor();
  assert.equal(await search.inputValue(), 'spring');

  await context.clearCookies();
  await choose(page, 'State', 'Archived');
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByLabel('Login name').fill('tina@bank.example');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  // A code counts once: that of the step after the one of the enrolment.
  const code = authenticator?.generate({ timestamp: Date.now() + 30_000 }) ?? assert.fail('no second factor');
  await page.getByLabel('6-digit code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL('**/audiences?**');
  const { pathname, searchParams } = new URL(page.url());
  assert.deepEqual(
    [pathname, Object.fromEntries(searchParams)],
    ['/audiences', { kind: 'imported', name: 'spring', state: 'archived' }],
  );
});

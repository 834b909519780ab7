import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, e2e, keepScreenshot, withPortal } from './portal-test.ts';
import { act, addPerson, choose, settle, signedIn } from './steps.ts';

const portal = withPortal();

const sections = [
  'imports',
  'suppressions',
  'people',
  'applications',
  'keys',
  'customer-loads',
  'account-loads',
  'settings',
  'identifier-types',
  'attributes',
] as const;

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the sections open from the overview and are accessible (${colorScheme})`, async () => {
    await using opened = await portal.open('/operations', { colorScheme });
    const { page } = opened;
    await settle(page, 'Operations');
    await assertAccessible(page, `overview, ${colorScheme}`);
    await keepScreenshot(page, `operations-${colorScheme}`);
    const labels = await page.locator('main li a').allInnerTexts();
    assert.equal(labels.length, sections.length, labels.join());
    for (const [index, label] of labels.entries()) {
      const section = sections[index] ?? assert.fail(label);
      await page.getByRole('navigation').getByRole('link', { name: label, exact: true }).click();
      await page.waitForURL(`**/operations/${section}`);
      await settle(page, label);
      await assertAccessible(page, `${section}, ${colorScheme}`);
      await keepScreenshot(page, `operations-${section}-${colorScheme}`);
    }
  });
}

const cutTables = `[...document.querySelectorAll('table')]
  .filter((table) => table.offsetWidth > table.parentElement.clientWidth)
  .map((table) => table.caption?.textContent ?? '')`;

for (const [screen, width, height] of [
  ['phone', 390, 800],
  ['wide', 1920, 1080],
] as const) {
  test(`on a ${screen} screen no section stands beyond the edge`, async () => {
    await using opened = await portal.open('/operations', { width, height });
    const { page } = opened;
    for (const section of ['', ...sections]) {
      await page.goto(`${e2e.address}/operations/${section}`);
      await settle(page);
      const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
      assert.ok(overflow <= 0, section);
      // What stands beyond the frame of a table is cut off.
      assert.deepEqual(await page.evaluate(cutTables), [], section);
      await keepScreenshot(page, `operations-${screen}-${section}`);
    }
  });
}

test('an import is opened, with every count of its lines', async () => {
  await using opened = await portal.open('/operations/imports');
  const { page } = opened;
  await page.locator('tbody button').first().click();
  await page.waitForURL('**import=**');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Lines, by what became of them').waitFor();
  await assertAccessible(page, 'an import');
  await keepScreenshot(page, 'operations-import');
  const counts = await dialog.locator('dl').first().locator('dd').allInnerTexts();
  const numbers = counts.map((count) => Number(count.replaceAll(',', '')));
  const total = numbers.pop() ?? 0;
  assert.ok(total > 0);
  assert.equal(
    numbers.reduce((sum, count) => sum + count, 0),
    total,
  );
});

test('members of an audience are held back, until an administrator ends it', async () => {
  await using opened = await portal.open('/operations/suppressions');
  const { page } = opened;
  await page.getByRole('button', { name: 'Add a suppression' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Audience' }).fill('spring');
  await page.getByRole('option', { name: /Spring mailing/ }).click();
  await choose(page, 'Hold back from', 'E-mail');
  await dialog.getByLabel('Until the end of').fill('2199-12-31');
  await assertAccessible(page, 'adding a suppression');
  await keepScreenshot(page, 'operations-suppression');
  await dialog.getByRole('button', { name: 'Hold them back' }).click();
  await page.getByText('1,972 customers are held back from e-mail.').waitFor();
  const row = page.getByRole('row', { name: /Spring mailing/ });
  assert.match(await row.innerText(), /Dec 31, 2199[\s\S]*1,972/);
  await keepScreenshot(page, 'operations-suppressions');
  await act(page, 'Spring mailing', 'Change');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Had the spring mailing');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('“Had the spring mailing” is changed.').waitFor();
  await act(page, 'Had the spring mailing', 'Delete');
  await dialog.getByText('1,972 customers can be exported again').waitFor();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('row', { name: /Had the spring mailing/ }).waitFor({ state: 'detached' });
});

test('the keyboard goes on where a dialog was opened', async () => {
  await using opened = await portal.open('/operations/people');
  const { page } = opened;
  const focused = () => page.evaluate('document.activeElement.textContent');
  const add = page.getByRole('button', { name: 'Add a person' });
  await add.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal(await focused(), 'Add a person');
  await page.goto(`${e2e.address}/operations/applications`);
  await page.getByRole('button', { name: 'Actions for Demo' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Secrets' }).press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  const label = await page.evaluate('document.activeElement.getAttribute("aria-label")');
  assert.equal(label, 'Actions for Demo');
});

test('whoever signed in too long ago is led to the sign-in, and comes back to the section', async () => {
  await using opened = await portal.open('/operations/people');
  const { page } = opened;
  const problem = { id: 'p', type: '/errors/freshSignInNeeded/v1.0.0', title: 'A new sign-in is needed', status: 401 };
  await page.route('**/service/userAccounts', async (route) => {
    if (route.request().method() === 'GET') return await route.fallback();
    await route.fulfill({ status: 401, contentType: 'application/problem+json', body: JSON.stringify(problem) });
  });
  await page.getByRole('button', { name: 'Add a person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Late');
  await dialog.getByRole('textbox', { name: 'Login name' }).fill('late@bank.example');
  const left = page.waitForRequest('**/session/sign-in?returnTo=%2Foperations%2Fpeople');
  await dialog.getByRole('button', { name: 'Add and make a sign-in link' }).click();
  await left;
  await page.waitForURL('**/sign-in/**');
});

test('a small list holds back whom it names', async () => {
  await using opened = await portal.open('/operations/suppressions');
  const { page } = opened;
  const keys = await customerKeys(page, 2);
  await page.getByRole('button', { name: 'Add a suppression' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('A list', { exact: true }).click();
  await choose(page, 'The list contains', 'Core customer id');
  await page.locator('input[type=file]').setInputFiles(file('stop.txt', `${keys.join('\n')}\nNOBODY\n`));
  await dialog.getByRole('button', { name: 'Hold them back' }).click();
  await page.getByText('2 customers are held back from every channel. 2 of 3 lines named a customer.').waitFor();
  await act(page, 'stop.txt', 'Delete');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('row', { name: /stop\.txt/ }).waitFor({ state: 'detached' });
});

test('a viewer, let in by a link that is shown once, sees neither sections of administrators nor how to make one', async () => {
  const link = await addPerson(portal, { name: 'Vera View', loginName: 'vera@bank.example', role: 'Viewer' });
  await using opened = await signedIn(portal, link);
  const { page } = opened;
  await page.goto(`${e2e.address}/operations`);
  await settle(page, 'Operations');
  const navigation = await page.getByRole('navigation').innerText();
  for (const hidden of ['Import a list', 'Build from criteria', 'People', 'Applications', 'loads', 'Audit']) {
    assert.ok(!navigation.includes(hidden), hidden);
  }
  assert.match(navigation, /Suppressions/);
  await page.goto(`${e2e.address}/operations/suppressions`);
  await settle(page);
  assert.equal(await page.getByRole('button', { name: 'Add a suppression' }).count(), 0);
  await page.goto(`${e2e.address}/operations/settings`);
  await settle(page);
  assert.equal(await page.getByRole('switch', { name: 'Offer Age' }).isDisabled(), true);
  await page.goto(`${e2e.address}/operations/people`);
  await page.getByText('This is not for your roles').waitFor();
});

test('roles are changed, somebody is shut out and let in', async () => {
  await addPerson(portal, { name: 'Rita Roles', loginName: 'rita@bank.example', role: 'Viewer' });
  await using opened = await portal.open('/operations/people');
  const { page } = opened;
  const dialog = page.getByRole('dialog');
  const row = page.getByRole('row', { name: /Rita Roles/ });
  await act(page, 'Rita Roles', 'Change name and roles');
  await dialog.getByRole('checkbox', { name: 'Exporter' }).check();
  await keepScreenshot(page, 'operations-roles');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await row.getByText('Viewer, Exporter').waitFor();
  await act(page, 'Rita Roles', 'Disable');
  await dialog.getByRole('button', { name: 'Disable' }).click();
  await row.getByText('Disabled').waitFor();
  await act(page, 'Rita Roles', 'Enable');
  await row.getByText('Not signed in yet').waitFor();
  await keepScreenshot(page, 'operations-people');
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('RITA');
  await page.waitForURL('**/operations/people?name=RITA');
  await page.getByText('1 person').waitFor();
  await page.getByRole('searchbox').fill('nobody at all');
  await page.getByText('Nobody of this name').waitFor();
});

test('the secret and the key of an application are shown once', async () => {
  await using opened = await portal.open('/operations/applications');
  const { page } = opened;
  await page.getByRole('button', { name: 'Register an application' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Campaign manager');
  await dialog.getByRole('checkbox', { name: 'Also make an API key' }).check();
  await assertAccessible(page, 'registering an application');
  await keepScreenshot(page, 'operations-register');
  await dialog.getByRole('button', { name: 'Register and make a secret' }).click();
  const secret = await dialog.locator('code', { hasText: 'rcs_' }).innerText();
  const key = await dialog.locator('code', { hasText: 'rck_' }).innerText();
  await assertAccessible(page, 'credentials');
  await keepScreenshot(page, 'operations-credentials');
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.reload();
  await page.getByRole('row', { name: /Campaign manager/ }).waitFor();
  await act(page, 'Campaign manager', 'Change');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Campaigns');
  await choose(page, 'Environment', 'Staging');
  await dialog.getByRole('checkbox', { name: 'bankingAdmin/write' }).check();
  await assertAccessible(page, 'changing an application');
  await keepScreenshot(page, 'operations-application-change');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: /Campaigns.*Staging/ }).waitFor();
  await act(page, 'Campaigns', 'Secrets');
  await dialog.getByRole('button', { name: /Delete the secret/ }).waitFor();
  await keepScreenshot(page, 'operations-secrets');
  const shown = await page.content();
  assert.ok(!shown.includes(secret) && !shown.includes(key));
});

test('a file of customers is loaded, and its rows are counted', async () => {
  await using opened = await portal.open('/operations/customer-loads');
  const { page } = opened;
  const [key] = await customerKeys(page, 1);
  await page.getByRole('button', { name: 'Load customers' }).first().click();
  const dialog = page.getByRole('dialog');
  await page.locator('input[type=file]').setInputFiles(file('base.csv', `coreCustomerId,note\n${key},x\n,y\n`));
  await dialog.getByLabel('Columns to leave out').fill('note');
  await assertAccessible(page, 'loading customers');
  await keepScreenshot(page, 'operations-load-form');
  await dialog.getByRole('button', { name: 'Load', exact: true }).click();
  await page.waitForURL('**load=**');
  await dialog.getByText('Completed').waitFor();
  assert.match(await dialog.innerText(), /Unchanged\s+1[\s\S]*Refused\s+1[\s\S]*No key/);
  await keepScreenshot(page, 'operations-load');
});

test('a filter type is no longer offered, and is offered again', async () => {
  await using opened = await portal.open('/operations/settings');
  const { page } = opened;
  await settle(page, 'Settings');
  await page.getByRole('searchbox').fill('postal');
  const offered = page.getByRole('switch', { name: /Offer Postal code/i });
  const hidden = page.getByRole('switch', { name: 'Offer postalCode' });
  await offered.click({ force: true });
  await hidden.waitFor({ state: 'attached' });
  assert.equal(await hidden.isChecked(), false);
  await hidden.click({ force: true });
  await page.getByText('Postal code', { exact: true }).waitFor();
});

test('an attribute is defined, changed and deleted', async () => {
  await using opened = await portal.open('/operations/attributes');
  const { page } = opened;
  await page.getByRole('button', { name: 'Define an attribute' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('reviewTier');
  await dialog.getByLabel('Choices').fill('gold\nsilver');
  await assertAccessible(page, 'defining an attribute');
  await keepScreenshot(page, 'operations-attribute');
  await dialog.getByRole('button', { name: 'Define it' }).click();
  await page.getByRole('row', { name: /reviewTier.*gold, silver/ }).waitFor();
  await act(page, 'reviewTier', 'Change');
  await dialog.getByLabel('Label').fill('Tier of the review');
  await dialog.getByLabel('Choices').fill('gold\nsilver\nbronze');
  await choose(page, 'Fair lending', 'Stands for one');
  await assertAccessible(page, 'changing an attribute');
  await keepScreenshot(page, 'operations-attribute-change');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: /Tier of the review.*gold, silver, bronze.*Stands for one/ }).waitFor();
  await act(page, 'reviewTier', 'Delete');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('row', { name: /reviewTier/ }).waitFor({ state: 'detached' });
});

test('what a problem means is reached from the problem, and other pages from there', async () => {
  await using opened = await portal.open('/operations/people');
  const { page } = opened;
  await page.getByRole('button', { name: 'Add a person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Taken');
  await dialog.getByRole('textbox', { name: 'Login name' }).fill('admin');
  await dialog.getByRole('button', { name: 'Add and make a sign-in link' }).click();
  const meaning = dialog.getByRole('link', { name: 'What this means' });
  await meaning.waitFor();
  await assertAccessible(page, 'a problem');
  await keepScreenshot(page, 'operations-problem');
  await meaning.click();
  await page.waitForURL('**/help/problems/conflict');
  await page.getByRole('heading', { level: 2, name: 'What to do' }).waitFor();
  await keepScreenshot(page, 'help-problem');
  await page.getByRole('link', { name: 'All of the help' }).click();
  await page.getByRole('searchbox').fill('no such title');
  await page.getByText('No title matches').waitFor();
  await page.getByRole('searchbox').fill('suppr');
  await page.getByRole('link', { name: 'Hold customers back' }).click();
  await page.waitForURL('**/help/guides/suppressions');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the help is accessible (${colorScheme})`, async () => {
    await using opened = await portal.open('/help', { colorScheme });
    const { page } = opened;
    await settle(page, 'Help');
    await assertAccessible(page, `help, ${colorScheme}`);
    await keepScreenshot(page, `help-${colorScheme}`);
    await page.goto(`${e2e.address}/help/guides/people#passwords`);
    await page.getByRole('heading', { name: 'Passwords' }).waitFor();
    await assertAccessible(page, `a guide, ${colorScheme}`);
    await keepScreenshot(page, `help-guide-${colorScheme}`);
    await page.getByRole('link', { name: 'freshSignInNeeded' }).click();
    await page.waitForURL('**/help/problems/freshSignInNeeded');
  });
}

function file(name: string, text: string) {
  return { name, mimeType: 'text/csv', buffer: Buffer.from(text) };
}

async function customerKeys(page: Page, count: number): Promise<readonly string[]> {
  const answer = await page.request.get(`${e2e.address}/service/customers?limit=${count}`);
  const { items } = await answer.json();
  return items.map(({ coreCustomerId }: { coreCustomerId: string }) => coreCustomerId);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, keepScreenshot, until, withPortal } from './portal-test.ts';

const portal = withPortal();

/** Adds a criterion as somebody does who types: the name of it, Enter. */
async function addCriterion(page: Page, name: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Add a criterion', exact: true }).focus();
  await page.keyboard.type(name);
  await page.getByRole('option', { name }).first().waitFor();
  await page.keyboard.press('Enter');
}

/** The count that is true of the criteria now. */
async function countOf(page: Page): Promise<number> {
  const figure = page.locator('[data-count]');
  await figure.waitFor();
  return Number(await figure.getAttribute('data-count'));
}

async function countOtherThan(page: Page, before: number): Promise<number> {
  await page.locator(`[data-count]:not([data-count="${before}"])`).waitFor();
  return await countOf(page);
}

test('three criteria by keyboard alone: counted, negated, grouped, moved, emptied and saved', async () => {
  await using opened = await portal.open('/build');
  const { page } = opened;
  const everybody = await countOf(page);
  assert.equal(everybody, 20_000);

  await addCriterion(page, 'Age');
  await page.keyboard.type('35');
  await page.keyboard.press('Tab');
  await page.keyboard.type('54');
  const aged = await countOtherThan(page, everybody);
  assert.ok(aged > 0 && aged < everybody);

  await addCriterion(page, 'Product');
  await page.keyboard.type('check');
  await page.getByRole('option', { name: 'Checking' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  const withChecking = await countOtherThan(page, aged);
  assert.ok(withChecking < aged);

  await addCriterion(page, 'Consent: E-mail');
  const agreed = await countOtherThan(page, withChecking);
  assert.equal(await page.locator('[data-step]').count(), 3);
  await keepScreenshot(page, 'build-three');

  // Negate the third.
  await page.getByRole('button', { name: 'Actions for Consent: E-mail' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Negate: everybody but these' }).press('Enter');
  const refused = await countOtherThan(page, agreed);
  assert.notEqual(refused, agreed);
  assert.equal(
    await page.evaluate("document.activeElement.getAttribute('aria-label')"),
    'Actions for Consent: E-mail',
    'the focus stays at the clause',
  );
  await page.getByRole('button', { name: 'Do not negate Consent: E-mail' }).waitFor();

  // Group the second with it: either will do.
  await page.getByRole('button', { name: 'Actions for Product' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Group with the next one: either will do' }).press('Enter');
  const either = await countOtherThan(page, refused);
  assert.ok(either > refused);
  assert.equal(await page.locator('[data-step]').count(), 2);
  await keepScreenshot(page, 'build-group');

  // The age goes below the group, and the focus with it.
  await page.getByRole('button', { name: 'Move Age' }).press('ArrowDown');
  await page.getByText('Age is now at place 2 of 2.').waitFor({ state: 'attached' });
  assert.equal(await page.evaluate("document.activeElement.getAttribute('aria-label')"), 'Move Age');

  // Nobody is 129 years old: the clause says so itself.
  await page.getByRole('textbox', { name: 'Age: to' }).fill('130');
  await page.getByRole('textbox', { name: 'Age: from' }).fill('129');
  assert.equal(await countOtherThan(page, either), 0);
  await page.getByText('Nobody is left from here on.').waitFor();
  await page.getByText('No customer matches this at all.').waitFor();
  await keepScreenshot(page, 'build-empty');

  // A value out of bounds is refused at its clause.
  await page.getByRole('textbox', { name: 'Age: to' }).fill('150');
  await page.getByText('Must not be above 130.').waitFor();
  await keepScreenshot(page, 'build-fault');
  await page.getByRole('textbox', { name: 'Age: from' }).fill('35');
  await page.getByRole('textbox', { name: 'Age: to' }).fill('54');
  assert.equal(await countOf(page), either);

  await page.getByRole('button', { name: 'Save as an audience' }).press('Enter');
  await page.getByRole('textbox', { name: 'Name' }).waitFor();
  await page.keyboard.type('Either of two, 35-54');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/audiences\/[^/?]+$/);
  await page.getByText('is saved with').waitFor();
});

test('what is not saved outlives a reload, and can be undone', async () => {
  await using opened = await portal.open('/build');
  const { page } = opened;
  await addCriterion(page, 'Region');
  await page.keyboard.type('NC,SC,');
  const found = await countOtherThan(page, 20_000);
  await until(async () => String(await page.evaluate('JSON.stringify({ ...sessionStorage })')).includes('SC'));
  await page.reload();
  await page.getByText('Your unsaved changes are still here.').waitFor();
  assert.equal(await countOtherThan(page, 20_000), found);
  await page.getByRole('button', { name: 'Start over' }).click();
  assert.equal(await countOtherThan(page, found), 20_000);
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.equal(await countOtherThan(page, 20_000), found);
});

test('a clause is dragged into a group', async () => {
  await using opened = await portal.open('/build');
  const { page } = opened;
  for (const name of ['Has an e-mail address', 'Online banking', 'Electronic statements'])
    await addCriterion(page, name);
  await page.getByRole('button', { name: 'Actions for Has an e-mail address' }).click();
  await page.getByRole('menuitem', { name: 'Group with the next one: either will do' }).click();
  await page.locator('[data-step]').nth(1).waitFor();
  const from = await page.getByRole('button', { name: 'Move Electronic statements' }).boundingBox();
  const to = await page.getByRole('button', { name: 'Move Online banking' }).boundingBox();
  assert.ok(from !== null && to !== null);
  await page.mouse.move(from.x + 8, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(to.x + 60, to.y + 4, { steps: 5 });
  await keepScreenshot(page, 'build-drag');
  await page.mouse.up();
  const inner = page.getByRole('list', { name: 'any of these' });
  await inner.getByRole('button', { name: 'Move Electronic statements' }).waitFor();
  assert.deepEqual(
    await inner
      .getByRole('button', { name: /^Move / })
      .evaluateAll((found) => found.map((each) => each.getAttribute('aria-label'))),
    ['Move Has an e-mail address', 'Move Electronic statements', 'Move Online banking'],
  );
});

test('criteria are held against an audience before they are saved', async () => {
  await using opened = await portal.open('/build');
  const { page } = opened;
  await addCriterion(page, 'Consent: E-mail');
  await page.getByRole('combobox', { name: 'Compare with an audience' }).click();
  await page.keyboard.type('Spring');
  await page.getByRole('option', { name: 'Spring mailing' }).click();
  await page.getByText(/also in “Spring mailing”\./).waitFor();
  await keepScreenshot(page, 'build-compare');
});

test('for credit a restricted type needs a justification', async () => {
  await using opened = await portal.open('/build');
  const { page } = opened;
  await addCriterion(page, 'Age');
  await page.keyboard.type('62');
  await page.keyboard.press('Tab');
  await page.keyboard.type('80');
  await countOtherThan(page, 20_000);
  await page.getByRole('button', { name: 'Save as an audience' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Offer for seniors');
  await page.getByRole('radio', { name: 'Credit' }).click();
  await page.getByText('Age is a prohibited basis').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Say why, in at least 20 characters.').waitFor();
  await keepScreenshot(page, 'build-save');
  await assertAccessible(page, 'the dialog');
  await page
    .getByRole('textbox', { name: 'Why is it lawful and needed?' })
    .fill('Applicants of 62 and more are treated no less favorably.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL(/\/audiences\/[^/?]+$/);
  await page.getByText('waits for an approval').waitFor();
});

test('the criteria of an audience are changed', async () => {
  await using opened = await portal.open('/audiences?name=Checking');
  const { page } = opened;
  await page.getByRole('link', { name: 'Checking, no loan' }).click();
  await page.waitForURL(/\/audiences\/[^/?]+$/);
  const id = page.url().split('/').at(-1) ?? '';
  await page.goto(`${new URL(page.url()).origin}/build?audience=${id}`);
  await page.getByRole('heading', { name: 'Criteria of “Checking, no loan”' }).waitFor();
  const before = await countOf(page);
  await addCriterion(page, 'Consent: Phone');
  const after = await countOtherThan(page, before);
  await page.getByRole('button', { name: 'Save the changes' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL(/\/audiences\/[^/?]+$/);
  await page.getByText(`is saved with ${after.toLocaleString('en-US')} customers`).waitFor();
});

test('criteria start from a template, and become one', async () => {
  await using opened = await portal.open('/templates');
  const { page } = opened;
  await page.getByRole('link', { name: 'Use “Young savers”' }).click();
  await page.waitForURL('**/build?template=youngSavers');
  await page.getByText('Started from the template “Young savers”').waitFor();
  await page.locator('[data-step]').nth(1).waitFor();
  await addCriterion(page, 'Consent: E-mail');
  await page.getByRole('button', { name: 'Save as a template' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Young savers with e-mail');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'See the templates' }).click();
  await page.waitForURL('**/templates');
  const card = page.getByRole('article', { name: 'Young savers with e-mail' });
  await card.getByText('Consent: E-mail is yes').waitFor();
  await keepScreenshot(page, 'templates');
  await page.getByRole('button', { name: 'Actions for Young savers with e-mail' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Young savers, reachable');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('article', { name: 'Young savers, reachable' }).waitFor();
  await page.getByRole('button', { name: 'Actions for Young savers, reachable' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('article', { name: 'Young savers, reachable' }).waitFor({ state: 'detached' });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the builder and the templates are accessible (${colorScheme})`, async () => {
    await using opened = await portal.open('/build?template=dormantOnlineUsers', { colorScheme, height: 900 });
    const { page } = opened;
    await countOf(page);
    await assertAccessible(page, `builder ${colorScheme}`);
    await addCriterion(page, 'Deposits');
    await page.keyboard.type('25000');
    await page.getByRole('button', { name: 'Actions for Last log-in' }).click();
    await page.getByRole('menuitem', { name: 'Group with the next one: either will do' }).click();
    await page.getByRole('button', { name: 'Actions for Online banking' }).click();
    await page.getByRole('menuitem', { name: 'Negate: everybody but these' }).click();
    await page.locator('[data-step]').nth(1).waitFor();
    await countOf(page);
    await assertAccessible(page, `builder ${colorScheme}`);
    await keepScreenshot(page, `build-${colorScheme}`);
    await page.getByRole('link', { name: 'Templates' }).first().click();
    await page.getByRole('article').first().waitFor();
    await assertAccessible(page, `templates ${colorScheme}`);
    await keepScreenshot(page, `templates-${colorScheme}`);
  });
}

test('on a phone nothing stands beyond the edge', async () => {
  await using opened = await portal.open('/build?template=youngSavers', { width: 390, height: 800 });
  const { page } = opened;
  await countOf(page);
  await keepScreenshot(page, 'build-phone');
  const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
  assert.ok(overflow <= 0, 'nothing stands beyond the edge');
});

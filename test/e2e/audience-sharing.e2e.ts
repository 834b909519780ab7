import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listed, openAudience, openTab } from './audience-steps.ts';
import { assertAccessible, e2e, keepScreenshot, withPortal } from './portal-test.ts';
import { send } from './session-calls.ts';
import { enrolOn } from './sign-in.ts';

const portal = withPortal();

test('a second person sees what is shared, reveals it with a reason, and approves an audience for credit', async () => {
  await using opened = await portal.open('/audiences');
  const { page, context } = opened;
  const loginName = `second-${Date.now()}@bank.example`;
  const roles = ['exporter', 'approver'];
  const { id: personId } = await send(context, '/service/userAccounts', { loginName, name: 'Sam Second', roles });
  const { link_url } = await send(context, `/service/userAccounts/${personId}/signInLinks`, {});
  const restricted = [{ filterType: { name: 'customerAge' }, operator: 'greaterThan', values: [61] }];
  const name = `Senior credit ${Date.now()}`;
  const justification = 'An empirically derived, sound score.';
  const credit = { name, purpose: 'credit', justification, filters: restricted };
  const { id: creditId } = await send(context, '/service/customerAudiences', credit);

  const id = await openAudience(page, listed);
  await openTab(page, 'Sharing');
  await page.getByRole('combobox', { name: 'Share with' }).click();
  await page.getByRole('option', { name: 'Sam Second' }).first().click();
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('rowheader', { name: /Sam Second/ }).waitFor();
  await keepScreenshot(page, 'audience-shared');
  await assertAccessible(page, 'shared');

  await page.goto(`${e2e.address}/audiences/${creditId}?tab=members`);
  await page.getByText('The members can be seen after the approval').waitFor();
  await page.getByRole('link', { name: 'See what needs approval' }).click();
  await page.getByText('Somebody with the role Approver can approve it.').waitFor();
  await keepScreenshot(page, 'audience-pending');
  await assertAccessible(page, 'pending');

  const second = await portal.browser().newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  const theirs = await second.newPage();
  await enrolOn(theirs, new URL(link_url, e2e.address).href);
  await theirs.waitForURL('**/audiences');
  await theirs.getByRole('heading', { level: 1 }).waitFor();
  await theirs.goto(`${e2e.address}/audiences/${creditId}`);
  await theirs.getByText(justification).waitFor();
  await theirs.getByRole('button', { name: 'Approve', exact: true }).click();
  await theirs.getByText('Approved by You').waitFor();
  await assertAccessible(theirs, 'approved');

  await theirs.goto(`${e2e.address}/audiences/${id}?tab=members`);
  await theirs.getByRole('button', { name: 'Show unmasked' }).click();
  await theirs.getByRole('textbox', { name: 'Reason' }).fill('Case 4711');
  await theirs.getByRole('button', { name: 'Show them' }).click();
  await theirs.getByText('Values are unmasked for: Case 4711').waitFor();
  await theirs
    .getByRole('cell', { name: /^[^*]+@example\.\w+$/ })
    .first()
    .waitFor();
  assert.equal(await theirs.getByRole('button', { name: 'More actions' }).count(), 0);
  await keepScreenshot(theirs, 'audience-revealed');
  await assertAccessible(theirs, 'revealed');
  await theirs.getByRole('button', { name: 'Mask again' }).click();
  await theirs.getByText('Values are masked.').waitFor();
  await second.close();

  await page.goto(`${e2e.address}/audiences/${id}?tab=sharing`);
  await page.getByRole('button', { name: 'End the share with Sam Second' }).first().click();
  await page.getByText('It is shared with nobody.').waitFor();
  await page.goto(`${e2e.address}/audiences/${creditId}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('textbox', { name: /to delete it/ }).fill(name);
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await page.waitForURL('**/audiences');
});

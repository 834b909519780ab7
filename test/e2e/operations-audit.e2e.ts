import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, e2e, keepScreenshot, withPortal } from './portal-test.ts';
import { addPerson, settle, signedIn } from './steps.ts';

const portal = withPortal();

test('an auditor reads the trail, by operation and outcome', async () => {
  const link = await addPerson(portal, { name: 'Olga Audit', loginName: 'olga@bank.example', role: 'Auditor' });
  await using opened = await signedIn(portal, link);
  const { page } = opened;
  await page.goto(`${e2e.address}/operations/audit`);
  await settle(page, 'Audit trail');
  await page.getByText('Not verified here yet.').waitFor();
  await page.getByRole('button', { name: 'Verify now' }).click();
  const result = page.getByRole('status').filter({ hasText: 'fit the chain' });
  await result.waitFor();
  assert.match(
    await result.innerText(),
    /^All [\d,]+ entries fit the chain\.\s+Verified just now\. Started by: You\.$/,
  );
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, `audit, ${colorScheme}`);
    await keepScreenshot(page, `operations-audit-${colorScheme}`);
  }
  const search = page.getByRole('searchbox', { name: 'Operation' });
  await search.fill('createUserAccount');
  await search.press('Enter');
  await page.waitForURL('**operation=createUserAccount');
  // What was shown before stays until the answer is here.
  await page.getByRole('cell', { name: 'signIn', exact: true }).first().waitFor({ state: 'detached' });
  const operations = new Set(await page.locator('tbody td:nth-child(2)').allInnerTexts());
  assert.deepEqual([...operations], ['createUserAccount']);
  await page
    .getByRole('button', { name: /Detail of entry/ })
    .first()
    .click();
  await page.getByRole('dialog').getByText('Hash').waitFor();
  await assertAccessible(page, 'an entry');
  await page.keyboard.press('Escape');
  await showVerifications(page);
});

/** As the server says it of a trail that nobody may break in a demo. */
async function showVerifications(page: Page): Promise<void> {
  const of = { id: 'verification', createdAt: new Date().toISOString(), createdBy: 'operator' };
  const shown = async (verification: object) => {
    await page.route('**/service/auditVerifications?limit=1', (route) =>
      route.fulfill({ json: { items: [{ ...of, ...verification }], limit: 1, count: 1 } }),
    );
    await page.reload();
    await settle(page, 'Audit trail');
  };
  await shown({ state: 'running', entryCount: 812_500, totalCount: 1_250_000 });
  await page.getByText('812,500 of 1,250,000 entries walked.').waitFor();
  await assertAccessible(page, 'a walk');
  await keepScreenshot(page, 'operations-audit-walk');
  const finding = { kind: 'altered', sequence: 812 };
  await shown({ state: 'broken', entryCount: 811, totalCount: 1_250_000, finding, finishedAt: of.createdAt });
  await page.getByText('Entry 812 was changed, moved or put in.').waitFor();
  await page.getByText('The first 811 entries are good').waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, `a broken trail, ${colorScheme}`);
    await keepScreenshot(page, `operations-audit-broken-${colorScheme}`);
  }
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, keepScreenshot, withPortal } from './portal-test.ts';
import { settle } from './steps.ts';

const portal = withPortal();

test('a key is rotated, after what that means has been said', async () => {
  await using opened = await portal.open('/operations/keys');
  const { page } = opened;
  await settle(page, 'Keys');
  await page.getByText('No key has been rotated yet.').waitFor();
  const row = page.getByRole('row', { name: /^Lists by user name/ });
  assert.match(await row.innerText(), /\t1\t/);
  await page.getByRole('button', { name: 'Rotate the key: Lists by user name' }).click();
  await page.getByRole('dialog').getByText('It cannot be stopped.').waitFor();
  await assertAccessible(page, 'asked about a rotation');
  await keepScreenshot(page, 'operations-rotate');
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate the key' }).click();
  const rotation = page.getByRole('row', { name: /^Lists by user name.*You/ });
  await rotation.getByText('Completed').waitFor();
  await rotation.getByText(/[\d,]+ customers/).waitFor();
  await page.getByRole('row', { name: /^Lists by user name.*2.*In use/ }).waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, `keys, ${colorScheme}`);
    await keepScreenshot(page, `operations-keys-${colorScheme}`);
  }
});

test('a rotation that runs shows how far it is, and the key cannot be rotated meanwhile', async () => {
  await using opened = await portal.open('/operations');
  const { page } = opened;
  const made = { createdBy: 'operator', createdAt: new Date().toISOString() };
  const running = { id: 'rotation', kind: 'data', state: 'running', doneCount: 12_000, totalCount: 30_000, ...made };
  const ended = { ...running, state: 'failed', failure: 'unreadable', leftCount: 3 };
  const answer = { items: [running], limit: 100, count: 1 };
  await page.route('**/service/keyRotations?**', (route) => route.fulfill({ json: answer }));
  await page.getByRole('navigation').getByRole('link', { name: 'Keys' }).click();
  await page.getByText('12,000 of 30,000 customers, 40%').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Rotate the key: Customer data' }).count(), 0);
  await keepScreenshot(page, 'operations-rotation');
  answer.items = [ended];
  await page.getByText('3 customers do not open under the old key.').waitFor();
  await page.getByRole('button', { name: 'Rotate the key: Customer data' }).waitFor();
  await keepScreenshot(page, 'operations-rotation-failed');
});

/** Says of the first row, whatever another test has left there, that it still runs, and is completed once it is let go. */
async function holdFirst(page: Page, { address, state }: { address: string; state: string }): Promise<() => void> {
  let isHeld = true;
  await page.route(address, async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    body.items[0].state = isHeld ? state : 'completed';
    await route.fulfill({ response: answer, json: body });
  });
  return () => {
    isHeld = false;
  };
}

test('imports and loads that run are followed without a hand', async () => {
  await using opened = await portal.open('/operations');
  const { page } = opened;
  for (const { section, address, state, running } of [
    { section: 'Imports', address: '**/service/customerAudienceImports?**', state: 'matching', running: 'Matching' },
    { section: 'Customer loads', address: '**/service/customerLoads?**', state: 'publishing', running: 'Publishing' },
    { section: 'Account loads', address: '**/service/accountLoads?**', state: 'receiving', running: 'Receiving' },
  ]) {
    const letGo = await holdFirst(page, { address, state });
    await page.getByRole('navigation').getByRole('link', { name: section, exact: true }).click();
    const row = page.locator('tbody tr').first();
    await row.getByText(running).waitFor();
    await keepScreenshot(page, `operations-running-${state}`);
    letGo();
    await row.getByText('Completed').waitFor();
  }
});

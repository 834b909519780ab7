import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { LightMyRequestResponse } from 'fastify';
import { retireIndexKey } from '../../src/crypto/key-changes.ts';
import { identifierTypeCode } from '../../src/modules/identifiers/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { createGatedReader, type GatedReader } from '../support/gated-reader.ts';
import { countsOf, giveCustomers, importBody, importList, memberIds } from './import-data.ts';

const type = { institutionId, identifierType: identifierTypeCode('taxIdNumber') };

forEachEngine((engine) => {
  let gated: GatedReader;
  let bank: TestApp;

  before(async () => {
    gated = createGatedReader();
    bank = await startTestApp(engine, { listReader: gated.listReader });
    await bank.jobs.start();
  });
  after(async () => {
    await bank.close();
    await gated.listReader.close();
  });

  let lastTaxId = 900_000_000;

  /** Three customers of this test's own, and the list of their tax ids. */
  async function threeCustomers(): Promise<{ ids: string[]; list: string }> {
    const taxIds = [1, 2, 3].map((n) => String(lastTaxId + n));
    lastTaxId += 3;
    const given = taxIds.map((taxId) => ({ coreCustomerId: `C${taxId}`, identifiers: { taxIdNumber: [taxId] } }));
    return { ids: await giveCustomers(bank, given), list: taxIds.join('\n') };
  }

  const erase = (id: string | undefined) => bank.send({ method: 'DELETE', url: `/service/customers/${id}` });
  const countAudiences = async () => (await bank.send({ url: '/service/customerAudiences?limit=0' })).json().count;

  const load = (file: string) =>
    bank.send({
      method: 'POST',
      url: '/service/customerLoads?mode=upsert',
      headers: { 'content-type': 'text/csv' },
      payload: file,
    });

  /** No read of the audience shows who is gone, and its counts say how many. */
  async function assertWithheld(audienceId: string, expected: { count: number; shown: string[] }): Promise<void> {
    for (const kind of ['customers', 'customerIds']) {
      const page = (await bank.send({ url: `/service/customerAudiences/${audienceId}/${kind}` })).json();
      const shown = page.items.map((item: { id: string } | string) => (typeof item === 'string' ? item : item.id));
      assert.deepEqual(shown, expected.shown, kind);
      assert.equal(page.count, expected.count, kind);
      assert.equal(page.withheldCount, expected.count - expected.shown.length, kind);
    }
    const csv = await bank.send({
      url: `/service/customerAudiences/${audienceId}/customers`,
      headers: { accept: 'text/csv' },
    });
    assert.equal(csv.body.trim().split('\n').length, expected.shown.length + 1, csv.body);
  }

  /** Resolves once the request waits for a lock that the held transaction has, or cannot even begin. */
  async function waitsForLock(): Promise<void> {
    // The embedded engine has one session: while a transaction is open, everything else waits by construction.
    if (engine.name === 'embedded') return;
    const giveUpAt = Date.now() + 60_000;
    for (;;) {
      const waiting = await bank.database.withConnection((client) =>
        client.query(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`),
      );
      if (waiting.rowCount !== 0) return;
      assert.ok(Date.now() < giveUpAt, 'nothing waits for the lock');
      await delay(5);
    }
  }

  /** Starts `late` while the import holds the base inside its transaction; answers both once each has ended. */
  async function duringMatch<T>(
    list: string,
    late: () => Promise<T>,
  ): Promise<{ imported: LightMyRequestResponse; late: T }> {
    const gate = gated.hold('resolve');
    const importing = importList(bank, list);
    await gate.reached;
    let isDone = false;
    const running = late().finally(() => {
      isDone = true;
    });
    try {
      await waitsForLock();
      assert.equal(isDone, false, 'it must wait for the import');
    } finally {
      gate.release();
    }
    return { imported: await importing, late: await running };
  }

  async function betweenReadAndMatch<T>(
    list: string,
    change: () => Promise<T>,
    request: Parameters<typeof importList>[3] = {},
  ): Promise<{ imported: LightMyRequestResponse; change: T }> {
    const gate = gated.hold('stage');
    const importing = importList(bank, list, {}, request);
    await gate.reached;
    const changed = await change().finally(gate.release);
    return { imported: await importing, change: changed };
  }

  test('a customer erased between reading and matching is no member', async () => {
    const three = await threeCustomers();
    const { imported, change } = await betweenReadAndMatch(three.list, () => erase(three.ids[1]));
    assert.equal(change.statusCode, 204, change.body);
    const audience = imported.json();
    assert.deepEqual(countsOf(audience.import), [0, 0, 0, 0, 1, 0, 2]);
    assert.equal(audience.customerCount, 2);
    await assertWithheld(audience.id, { count: 2, shown: [three.ids[0] ?? '', three.ids[2] ?? ''] });
  });

  test('an erasure waits for an import that matches, and then takes the customer out of what it made', async () => {
    const three = await threeCustomers();
    const { imported, late } = await duringMatch(three.list, () => erase(three.ids[0]));
    assert.equal(late.statusCode, 204, late.body);
    const audience = imported.json();
    assert.equal(audience.customerCount, 3);
    assert.deepEqual(countsOf(audience.import), [0, 0, 0, 0, 0, 0, 3]);
    await assertWithheld(audience.id, { count: 3, shown: three.ids.slice(1) });
    // A later version that is made from this one does not bring the customer back.
    const extra = await threeCustomers();
    const edited = await bank.send({
      method: 'POST',
      url: `/service/customerAudiences/${audience.id}/importedCustomers`,
      json: { ...editBody(extra.list), mode: 'add' },
    });
    assert.equal(edited.statusCode, 200, edited.body);
    const members = await memberIds(bank, audience.id);
    assert.deepEqual(members, [...three.ids.slice(1), ...extra.ids]);
  });

  test('an erasure while a page is walked takes the customer out of the pages to come', async () => {
    const three = await threeCustomers();
    const audience = (await importList(bank, three.list)).json();
    const first = (await bank.send({ url: `/service/customerAudiences/${audience.id}/customers?limit=1` })).json();
    await erase(three.ids[1]);
    const second = (await bank.send({ url: first.nextPage_url })).json();
    assert.deepEqual(
      second.items.map(({ id }: { id: string }) => id),
      three.ids.slice(2),
    );
    assert.deepEqual([second.count, second.withheldCount, second.nextPage_url], [3, 1, undefined]);
  });

  test('a load that is published between reading and matching is seen whole', async () => {
    const three = await threeCustomers();
    const file = loadOf([String(lastTaxId + 1), three.list.split('\n')[0] ?? '']);
    const list = `${three.list}\n${lastTaxId + 1}`;
    lastTaxId += 1;
    const { imported, change } = await betweenReadAndMatch(list, () => load(file));
    assert.equal(change.statusCode, 201, change.body);
    const audience = imported.json();
    // The new customer is matched; the first tax id has two owners now.
    assert.deepEqual(countsOf(audience.import), [0, 0, 0, 0, 0, 1, 3]);
    assert.equal(audience.customerCount, 5);
    assert.equal(audience.customerVersion, change.json().customerVersion);
  });

  test('a load waits for an import that matches, which sees nothing of it', async () => {
    const three = await threeCustomers();
    const list = `${three.list}\n${lastTaxId + 1}`;
    const file = loadOf([String(lastTaxId + 1)]);
    lastTaxId += 1;
    const { imported, late } = await duringMatch(list, () => load(file));
    assert.equal(late.statusCode, 201, late.body);
    const audience = imported.json();
    assert.deepEqual(countsOf(audience.import), [0, 0, 0, 0, 1, 0, 3]);
    assert.equal(audience.customerVersion, late.json().customerVersion - 1);
    await assertWithheld(audience.id, { count: 3, shown: three.ids });
    assert.equal((await importList(bank, list)).json().customerCount, 4);
  });

  test('a load that removes members takes them out of every read', async () => {
    const three = await threeCustomers();
    const audience = (await importList(bank, three.list)).json();
    const everybodyElse = await bank.send({
      method: 'POST',
      url: '/service/customerLoads?mode=replace&confirmRemovals=true',
      headers: { 'content-type': 'text/csv' },
      payload: `coreCustomerId\nC${three.list.split('\n')[0]}\n`,
    });
    assert.equal(everybodyElse.statusCode, 201, everybodyElse.body);
    await assertWithheld(audience.id, { count: 3, shown: three.ids.slice(0, 1) });
  });

  test('an index key retired between reading and matching: a list that was read with the new one too is complete', async () => {
    const { three, retireOld } = await halfRotated();
    const { imported, change } = await betweenReadAndMatch(three.list, retireOld);
    assert.equal(change, true);
    assert.equal(imported.statusCode, 201, imported.body);
    assert.equal(imported.json().customerCount, 3);
  });

  test('every index key replaced between reading and matching: 503, nothing is made', async () => {
    const { three, replaceAll } = await halfRotated();
    const audiences = await countAudiences();
    const { imported } = await betweenReadAndMatch(three.list, replaceAll);
    assert.equal(imported.statusCode, 503, imported.body);
    assert.match(String(imported.headers['retry-after']), /^\d+$/);
    assert.equal(await countAudiences(), audiences);
    // Another process replaced them and could not tell this one's cache: the refusal made it look again.
    const again = await importList(bank, (await threeCustomers()).list);
    assert.equal(again.statusCode, 201, again.body);
    assert.equal(again.json().customerCount, 3);
  });

  test('an index key added while a list is matched waits for it; the next list is matched with both', async () => {
    const three = await threeCustomers();
    const { imported, late } = await duringMatch(three.list, addKey);
    assert.equal(imported.json().customerCount, 3, imported.body);
    assert.ok(late > 1);
    bank.keyring.forget(institutionId);
    const next = (await importList(bank, three.list)).json();
    assert.equal(next.customerCount, 3);
    assert.deepEqual(countsOf(next.import), [0, 0, 0, 0, 0, 0, 3]);
    assert.equal(await retire(late), true);
    bank.keyring.forget(institutionId);
  });

  test('an accepted import whose key was retired fails at once, with the reason, and leaves no stage', async () => {
    const { three, replaceAll } = await halfRotated();
    const { imported } = await betweenReadAndMatch(three.list, replaceAll, { headers: { prefer: 'respond-async' } });
    assert.equal(imported.statusCode, 202, imported.body);
    const { id } = imported.json();
    const stream = await bank.send({ url: `/service/customerAudienceImports/${id}/progress` });
    const last = stream.body.trim().split('\n\n').at(-1) ?? '';
    const ended = JSON.parse(last.slice(last.indexOf('{')));
    assert.equal(ended.state, 'failed', last);
    assert.equal(ended.problem.type, 'serviceUnavailable');
    assert.deepEqual(
      await bank.database.asOperator((tx) => tx.db.selectFrom('import_stage').selectAll().execute()),
      [],
    );
  });

  async function addKey(): Promise<number> {
    return await bank.database.asOperator((tx) => bank.keyring.addIndexKeyGeneration(tx, type));
  }

  async function retire(generation: number): Promise<boolean> {
    return await bank.database.asOperator((tx) => retireIndexKey(tx, { ...type, generation }, bank.clock.now()));
  }

  /** In the middle of a rotation: customers with tokens of two keys, of which another process may retire the old. */
  async function halfRotated() {
    await addKey();
    bank.keyring.forget(institutionId);
    const keys = await bank.keyring.forInstitution(institutionId);
    const oldest = keys.indexKeys(type.identifierType)[0]?.generation ?? 0;
    const three = await threeCustomers();
    const retireOld = () => retire(oldest);
    const replaceAll = async () => {
      const newest = await addKey();
      for (let generation = oldest; generation < newest; generation += 1) await retire(generation);
    };
    return { three, retireOld, replaceAll };
  }
});

function editBody(text: string): Record<string, unknown> {
  const { name: _name, ...body } = importBody(text);
  return body;
}

/** New customers with these tax ids. */
function loadOf(taxIds: readonly string[]): string {
  const rows = taxIds.map((taxId, index) => `N${taxId}-${index},${taxId}`);
  return `coreCustomerId,taxIdNumber\n${rows.join('\n')}\n`;
}

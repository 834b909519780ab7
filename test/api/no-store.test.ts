import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { seedAudience, seedCustomers, seededId } from './audience-data.ts';
import { importList } from './import-data.ts';

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    await bank.app.ready();
    await seedCustomers(bank, 3);
  });
  after(() => bank.close());

  test('no answer behind a token is kept by a cache', async () => {
    const { id } = await seedAudience(bank, { name: 'Seeded', members: [0, 1] });
    const list = { identifierType: 'coreCustomerId' } as const;
    const made = (await importList(bank, 'CORE-1\n', list)).json();
    const ids: Readonly<Record<string, string>> = {
      customerAudienceId: id,
      customerId: seededId(0),
      importId: made.import.id,
    };
    const answered: number[] = [];
    const routes = bank.app.routeTable.filter(({ config }) => config?.right !== undefined);
    assert.ok(routes.length > 20);
    for (const { method, url } of routes) {
      // A stream of events does not end by itself.
      if (url.endsWith('/progress')) continue;
      const path = url.replaceAll(/:(\w+)/g, (_all, name: string) => ids[name] ?? seededId(0));
      for (const token of [bank.tokens.own, bank.tokens.other]) {
        const verb = [method].flat()[0];
        if (verb !== 'GET' && verb !== 'POST' && verb !== 'PATCH' && verb !== 'PUT' && verb !== 'HEAD') continue;
        const answer = await bank.send({ method: verb, url: path, token });
        answered.push(answer.statusCode);
        const control = String(answer.headers['cache-control']);
        assert.match(control, /\bno-store\b/, `${verb} ${url}: ${answer.statusCode}`);
      }
    }
    assert.ok(answered.filter((status) => status === 200).length > 10, 'most of what is read is found');
  });

  test('an entity tag still spares the body', async () => {
    const { id } = await seedAudience(bank, { name: 'Tagged', members: [0] });
    const url = `/service/customerAudiences/${id}`;
    const { etag } = (await bank.send({ url })).headers;
    const again = await bank.send({ url, headers: { 'if-none-match': String(etag) } });
    assert.deepEqual([again.statusCode, again.headers['cache-control']], [304, 'no-store']);
  });
});

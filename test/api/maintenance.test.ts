import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { createAuditCheckpoints } from '../../src/modules/audit/index.ts';
import { createMaintenance } from '../../src/modules/maintenance/index.ts';
import { startTestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { allLines, giveCustomers, importBody, importList, plainCustomers } from './import-data.ts';

const dayMs = 24 * 60 * 60 * 1_000;

forEachEngine((engine) => {
  test('refused ledgers and idempotent answers go after a day; the ledger of an audience stays', async () => {
    await using bank = await startTestApp(engine);
    await giveCustomers(bank, plainCustomers(2));
    const onFailure = (error: unknown) => assert.fail(String(error));
    const { database, keyring, clock } = bank;
    const checkpoints = createAuditCheckpoints({ database, keyring, logger: pino({ level: 'silent' }) });
    const maintenance = createMaintenance({ database, clock, checkpoints, onFailure });
    const refused = (await importList(bank, '999999998')).json().attributes.id;
    const headers = { 'idempotency-key': 'once' };
    const request = {
      method: 'POST',
      url: '/service/importedCustomerAudiences',
      json: importBody('900000001'),
      headers,
    } as const;
    const kept = (await bank.send(request)).json().import.id;

    await maintenance.run();
    assert.equal((await bank.send({ url: `/service/customerAudienceImports/${refused}` })).statusCode, 200);
    assert.equal((await bank.send(request)).headers['idempotency-replayed'], 'true');

    bank.clock.advance(dayMs + 1);
    await maintenance.run();
    assert.equal((await bank.send({ url: `/service/customerAudienceImports/${refused}` })).statusCode, 404);
    const lines = await bank.database.asOperator((tx) =>
      tx.db.selectFrom('import_ledger').select('lines').where('import_id', '=', refused).execute(),
    );
    assert.deepEqual(lines, []);
    assert.deepEqual(await allLines(bank, kept), ['1 matched']);
    assert.equal((await bank.send(request)).statusCode, 409, 'the name is taken, the answer forgotten');
  });
});

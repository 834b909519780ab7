import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyHeader, copyTrailer } from '../../src/db/bulk-copy.ts';
import { databaseDirectory } from '../../src/db/embedded/data-directory.ts';
import { startEmbeddedEngine } from '../../src/db/embedded/engine.ts';
import { databaseOverEngine } from '../../src/db/embedded/open-embedded.ts';
import { copyRows } from '../support/copy-rows.ts';
import { forEachEngine } from '../support/engines.ts';

forEachEngine((engine) => {
  if (engine.name !== 'embedded') return;

  test('a copy whose transaction has ended changes nothing, in the open or in nobody’s transaction', async () => {
    const { dataDir } = await engine.freshLocation();
    const running = await startEmbeddedEngine(databaseDirectory(dataDir));
    const database = databaseOverEngine(running, () => running.close());
    const lateCopy = () =>
      running.copy({
        transactionId: '3',
        statement: `copy pg_temp.list (line) from '/dev/blob' with (format binary)`,
        role: 'rollcall_app',
        file: new Uint8Array(Buffer.concat([copyHeader, copyRows([[1]]), copyTrailer])),
      });
    await assert.rejects(lateCopy(), ({ code }) => code === '25000');
    await database.withConnection(async (client) => {
      await client.query('create temporary table list (line int4)');
      await client.query('begin; insert into list values (7); savepoint before_copy');
      await assert.rejects(lateCopy(), ({ code }) => code === '25000');
      await client.query('rollback to savepoint before_copy');
      assert.deepEqual((await client.query('select line from list')).rows, [{ line: 7 }]);
      await client.query('commit');
    });
    await database.close();
  });

  test('an engine that has ended fails the copy, not the process', async () => {
    const { dataDir } = await engine.freshLocation();
    const running = await startEmbeddedEngine(databaseDirectory(dataDir));
    await running.close();
    await running.ended;
  });
});

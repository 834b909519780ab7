import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { OpenDatabase } from '../../src/db/database.ts';
import { openDatabase } from '../../src/db/open.ts';
import { prepareDataDir } from '../support/embedded-source.ts';
import { makeTestFolder } from '../support/test-folder.ts';
import { runCommand } from './run-command.ts';

let folder = '';
let server: OpenDatabase;
before(async () => {
  folder = await makeTestFolder();
  const dataDir = join(folder, 'data');
  await prepareDataDir(dataDir);
  // As beside a running server: the commands reach the engine by its socket, instead of starting it each time.
  server = await openDatabase({ url: undefined, dataDir, purpose: 'server', connectionsMax: 4 });
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

test('settings are shown, changed one by one, and bounded', async () => {
  const environment = { ROLLCALL_DATA_DIR: join(folder, 'data') };
  const run = (...argv: string[]) => runCommand(['institution', ...argv], { folder, environment });
  await run('create', 'ACME', '--name', 'Acme Bank', '--country', 'CA');
  const shown = await run('settings', 'ACME', '--json');
  assert.equal(shown.code, 0, shown.stderr);
  assert.deepEqual(JSON.parse(shown.stdout), {
    id: 'ACME',
    defaultCountry: 'CA',
    distinctValuesPerDayMax: 5_000_000,
    matchRateAlarmPercent: 5,
    versionsKeptDays: 400,
    versionsKeptMin: 10,
    secondFactorRequired: true,
  });
  const changed = await run('settings', 'ACME', '--values-per-day', '0', '--match-rate-alarm', '100', '--json');
  const { distinctValuesPerDayMax, matchRateAlarmPercent, defaultCountry } = JSON.parse(changed.stdout);
  assert.deepEqual([distinctValuesPerDayMax, matchRateAlarmPercent, defaultCountry], [0, 100, 'CA']);
  const other = await run('settings', 'ACME', '--country', 'US');
  assert.match(other.stdout, /country of phone numbers +US\n {2}distinct values a day +0\n/);

  const kept = await run('settings', 'ACME', '--versions-kept-days', '30', '--versions-kept-min', '1', '--json');
  const { versionsKeptDays, versionsKeptMin, distinctValuesPerDayMax: stays } = JSON.parse(kept.stdout);
  assert.deepEqual([versionsKeptDays, versionsKeptMin, stays], [30, 1, 0]);

  for (const [option, value] of [
    ['--versions-kept-days', '0'],
    ['--versions-kept-days', '36501'],
    ['--versions-kept-min', '0'],
    ['--versions-kept-min', '1.5'],
    ['--values-per-day', '1000000001'],
    ['--values-per-day', '-1'],
    ['--values-per-day', '1e3'],
    ['--match-rate-alarm', '101'],
    ['--match-rate-alarm', '0.5'],
    ['--country', 'us'],
    ['--second-factor', 'never'],
  ] as const) {
    const refused = await run('settings', 'ACME', option, value);
    assert.notEqual(refused.code, 0, `${option} ${value}`);
  }
  for (const id of ['NONE', 'none; drop']) assert.equal((await run('settings', id)).code, 1, id);
});

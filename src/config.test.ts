import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, describeSettings, readConfig } from './config.ts';

test('without any variable everything has its documented default, frozen', () => {
  const config = readConfig({ PATH: '/bin', ROLLCALL_HOST: '' });
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.port, 8787);
  assert.equal(config.dataDir, '.rollcall');
  assert.equal(config.databaseUrl, undefined);
  assert.equal(config.jsonContentBytesMax, 67_108_864);
  assert.equal(config.streamLinesMax, 20_000_000);
  assert.ok(Object.isFrozen(config));
});

test('variables are read as their types', () => {
  const config = readConfig({
    ROLLCALL_PORT: '0',
    ROLLCALL_PUBLIC_URL: 'https://bank.example/rollcall/',
    ROLLCALL_TEST_X: 'y',
  });
  assert.equal(config.port, 0);
  assert.equal(config.publicUrl, 'https://bank.example/rollcall');
});

test('a wrong value is one clear line that does not repeat it', () => {
  const cases: [string, string, RegExp][] = [
    ['ROLLCALL_PORT', '70000', /^ROLLCALL_PORT must be a whole number from 0 to 65535\.$/],
    ['ROLLCALL_PORT', 'http', /whole number/],
    ['ROLLCALL_PORT', '80.5', /whole number/],
    ['ROLLCALL_LOG_LEVEL', 'loud', /^ROLLCALL_LOG_LEVEL must be one of fatal, error/],
    ['ROLLCALL_DATABASE_URL', 'mysql://u:secret@h/d', /^ROLLCALL_DATABASE_URL must match \^postgres/],
    ['ROLLCALL_PUBLIC_URL', 'bank.example', /^ROLLCALL_PUBLIC_URL must match/],
    ['ROLLCALL_MASTER_KEY', 'x'.repeat(1025), /^ROLLCALL_MASTER_KEY must have 1 to 1024/],
  ];
  for (const [name, value, message] of cases) {
    assert.throws(
      () => readConfig({ [name]: value }),
      (error: Error) => error instanceof ConfigError && message.test(error.message) && !error.message.includes(value),
      name,
    );
  }
});

test('an unknown name is refused with the nearest one', () => {
  assert.throws(
    () => readConfig({ ROLLCALL_PROT: '1' }),
    /^ConfigError: ROLLCALL_PROT is not a setting. Did you mean ROLLCALL_PORT\?$/,
  );
  assert.throws(() => readConfig({ ROLLCALL_WHATEVER_ELSE: '1' }), /rollcall doctor lists/);
});

test('the description masks secrets and says where a value comes from', () => {
  const described = describeSettings({ ROLLCALL_DATABASE_URL: 'postgres://u:secret@h/d', ROLLCALL_PORT: '9000' });
  const of = (name: string) => described.find((setting) => setting.name === name);
  assert.deepEqual(
    [of('ROLLCALL_DATABASE_URL')?.value, of('ROLLCALL_DATABASE_URL')?.source],
    ['********', 'environment'],
  );
  assert.deepEqual([of('ROLLCALL_PORT')?.value, of('ROLLCALL_PORT')?.source], ['9000', 'environment']);
  assert.deepEqual([of('ROLLCALL_HOST')?.value, of('ROLLCALL_HOST')?.source], ['127.0.0.1', 'default']);
  assert.deepEqual([of('ROLLCALL_TOKEN')?.value, of('ROLLCALL_TOKEN')?.source], [undefined, 'unset']);
  assert.ok(!JSON.stringify(described).includes('secret@'));
  assert.ok(described.every((setting) => setting.description !== ''));
});

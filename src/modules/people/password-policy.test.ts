import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOf } from './password-policy.ts';

const names = ['ann.baker@bank.example', 'ACMEBANK', 'AB'];

test('length is counted in code points, after composition', async () => {
  assert.equal(await refusalOf('x7-mild wint', names), undefined);
  assert.equal(await refusalOf('x7-mild win', names), 'tooShort');
  assert.equal(await refusalOf('🦊🦉🐝🦋🐢🐙🦀🐠🐬🦈🐊', names), 'tooShort');
  assert.equal(await refusalOf('🦊🦉🐝🦋🐢🐙🦀🐠🐬🦈🐊🐅', names), undefined);
  // 11 letters that take 12 code points apart.
  assert.equal(await refusalOf('jardin ete\u0301z', names), 'tooShort');
  assert.equal(await refusalOf(`${'mild winter '.repeat(10)}in Lund.`, names), undefined);
  assert.equal(await refusalOf(`${'mild winter '.repeat(10)}in Bergen`, names), 'tooLong');
});

test('what everybody chooses is refused, in its usual disguises', async () => {
  const common = [
    'passwordpassword',
    'Password2026!',
    'P@ssw0rd1234',
    '123456789012',
    'abcdefghijklmn',
    'zyxwvutsrqpo',
    'aaaaaaaaaaaaaa',
    'abcabcabcabc',
    'qwertyuiop12',
    '1qaz2wsx3edc4rfv',
    'iloveyou!!!!!',
    'LetMeIn2026!',
    'winter2026!!',
    'administrator',
    'correcthorsebatterystaple',
  ];
  for (const password of common) assert.equal(await refusalOf(password, names), 'common', password);
});

test('two of them in a row are one of them, whatever stands between, and so are ways over the keyboard', async () => {
  const common = [
    'dragonmonkey',
    'Dragon-Monkey!!',
    'passwordqwerty',
    'monkey123football',
    'asdfghjklqwerty',
    'zxcvbnmasdfg',
    'poiuytrewqlkjh',
    'm0nk3y_dr4gon',
    'qwertyqwerty123',
  ];
  for (const password of common) assert.equal(await refusalOf(password, names), 'common', password);
  for (const password of ['dragon monkey football', 'monkeys drag on', 'a monkey in bergen']) {
    assert.equal(await refusalOf(password, names), undefined, password);
  }
  // Bounded work, also for what only looks like them: what tries every split does not end.
  const started = performance.now();
  await refusalOf('qwert'.repeat(25), names);
  assert.ok(performance.now() - started < 30_000);
});

test('no rules about kinds of characters', async () => {
  for (const password of ['a mild winter in bergen', 'kvxqzjwmtrbh', '918273645546', 'ÆØÅ æøå ЖЯФ 日本']) {
    assert.equal(await refusalOf(password, names), undefined, password);
  }
});

test('names that belong to the account are refused, short ones by chance are not', async () => {
  for (const password of ['my Rollcall secret', 'x ann.BAKER 55 y', 'at acmebank since', 'ann.baker@bank.example 1']) {
    assert.equal(await refusalOf(password, names), 'containsName', password);
  }
  assert.equal(await refusalOf('a crab in the lab', names), undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lackOfSignIn } from './fresh-sign-in.ts';

const now = new Date('2026-01-31T09:30:00.400Z');
const seconds = Math.floor(now.getTime() / 1_000);
const rule = { ageSecondsMax: 900, requireTime: true, now };
const factors = ['pwd', 'otp', 'mfa'];

test('a sign-in is fresh up to its bound and 30 seconds, and one to come is none', () => {
  for (const [age, lack] of [
    [0, undefined],
    [900, undefined],
    [929, undefined],
    [930, 'freshSignIn'],
    [-30, undefined],
    [-31, 'freshSignIn'],
    [-1e12, 'freshSignIn'],
    [Number.NEGATIVE_INFINITY, 'freshSignIn'],
  ] as const) {
    assert.equal(lackOfSignIn({ at: seconds - age, amr: factors }, rule), lack, `${age} s`);
  }
});

test('a sign-in of which nobody says when it was is too old, unless a setting says that this issuer never does', () => {
  assert.equal(lackOfSignIn({ at: undefined, amr: [] }, rule), 'freshSignIn');
  const unsaid = { ...rule, requireTime: false };
  assert.equal(lackOfSignIn({ at: undefined, amr: [] }, unsaid), undefined);
  assert.equal(lackOfSignIn({ at: seconds - 931, amr: [] }, unsaid), 'freshSignIn', 'what is said counts');
});

test('by a password alone is not enough; an issuer that does not say how is believed', () => {
  const by = (...amr: string[]) => lackOfSignIn({ at: seconds, amr }, rule);
  assert.equal(by('pwd'), 'secondFactor');
  for (const amr of [[], factors, ['pwd', 'otp'], ['hwk'], ['mfa']]) assert.equal(by(...amr), undefined, amr.join());
  assert.equal(lackOfSignIn({ at: undefined, amr: ['pwd'] }, { ...rule, requireTime: false }), 'secondFactor');
});

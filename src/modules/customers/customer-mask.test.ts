import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskEmailAddress, maskPhoneNumber } from './customer-mask.ts';

test('an e-mail address shows its first character and its domain', () => {
  assert.equal(maskEmailAddress('jane.doe@example.com'), 'j***@example.com');
  assert.equal(maskEmailAddress('j@example.com'), '***@example.com');
  assert.equal(maskEmailAddress('"a@b"@example.com'), '"***@example.com');
  assert.equal(maskEmailAddress('𝒳yz@example.com'), '𝒳***@example.com');
  assert.equal(maskEmailAddress('none'), '***');
});

test('a phone number shows its last four digits', () => {
  assert.equal(maskPhoneNumber('+14155554567'), '***-**-4567');
  assert.equal(maskPhoneNumber('+2901234'), '***-**-****');
});

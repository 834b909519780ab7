import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAddressRange } from './address-range.ts';

test('addresses and CIDR ranges, and nothing that only looks like one', () => {
  for (const good of ['10.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '::1', '2001:db8::/32', '2001:db8::1/128']) {
    assert.equal(isAddressRange(good), true, good);
  }
  for (const bad of [
    '',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0',
    '::1/129',
    'loopback',
  ]) {
    assert.equal(isAddressRange(bad), false, bad);
  }
});

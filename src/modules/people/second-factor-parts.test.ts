import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitAfterMs } from './back-off.ts';
import { createRecoveryCodes, hashRecoveryCode, readRecoveryCode } from './recovery-code.ts';
import { describeTotp, stepOfCode } from './totp.ts';

/** RFC 6238 appendix B: the secret, and the last six digits of the codes for SHA-1. */
const secret = Buffer.from('12345678901234567890');
const vectors = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const;

test('codes are those of RFC 6238, one step each side', () => {
  for (const [seconds, code] of vectors) {
    const step = Math.floor(seconds / 30);
    const at = (steps: number) => stepOfCode(secret, code, new Date((step + steps) * 30_000));
    assert.deepEqual([-2, -1, 0, 1, 2].map(at), [undefined, step, step, step, undefined]);
    assert.equal(stepOfCode(secret, '000001', new Date(seconds * 1_000)), undefined);
  }
});

test('a secret is shown as base32 and as an address that authenticators know', () => {
  const { secret: shown, uri } = describeTotp(secret, 'ann@bank.example');
  assert.equal(shown, 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ');
  const address = new URL(uri);
  assert.deepEqual([address.protocol, address.host], ['otpauth:', 'totp']);
  assert.equal(decodeURIComponent(address.pathname), '/Rollcall:ann@bank.example');
  assert.equal(address.searchParams.get('secret'), shown.replaceAll(' ', ''));
  assert.equal(address.searchParams.get('issuer'), 'Rollcall');
});

test('a recovery code has 112 bits or more, and is read however it is typed', () => {
  const codes = createRecoveryCodes();
  assert.equal(new Set(codes).size, 10);
  for (const code of codes) {
    assert.match(code, /^([0-9A-HJKMNP-TV-Z]{6}-){3}[0-9A-HJKMNP-TV-Z]{6}$/, '120 bits');
    const plain = code.replaceAll('-', '');
    const typed = ` ${plain.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l')} `;
    assert.equal(readRecoveryCode(typed), plain);
    assert.equal(hashRecoveryCode(plain).length, 32);
  }
  for (const typed of ['', '123456', '0'.repeat(16), 'U'.repeat(24), '0'.repeat(25)])
    assert.equal(readRecoveryCode(typed), undefined);
});

test('waits double from the fifth failure and never end in a lock', () => {
  const waits = [0, 1, 4, 5, 6, 7, 14, 15, 16, 1_000, 2 ** 31].map(waitAfterMs);
  assert.deepEqual(waits, [0, 0, 0, 1_000, 2_000, 4_000, 512_000, 900_000, 900_000, 900_000, 900_000]);
});

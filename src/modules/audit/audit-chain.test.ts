import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChainedEntry, entryHash, genesisHash, headMac, isAuthentic } from './audit-chain.ts';

const key = Uint8Array.from({ length: 32 }, (_, index) => index);

const first: ChainedEntry = {
  institutionId: 'DEMOBANK',
  sequence: 1,
  at: '2026-01-31T09:30:00.000Z',
  principalKind: 'application',
  principalId: '0399abedfd3d5e10c2aa',
  applicationId: null,
  address: null,
  operation: 'deleteCustomerAudience',
  resource: '77b1',
  outcome: 'done',
  detail: { version: 3, customerCount: 12 },
};
const second: ChainedEntry = {
  institutionId: 'DEMOBANK',
  sequence: 2,
  at: '2026-01-31T09:30:00.001Z',
  principalKind: 'person',
  principalId: 'é',
  applicationId: 'rollcall-portal',
  address: '2001:db8::1',
  operation: 'listAuditEntries',
  resource: null,
  outcome: 'denied',
  detail: {},
};

test('fixed vectors, computed apart from this code', () => {
  const firstHash = entryHash(key, genesisHash, first);
  assert.equal(firstHash.toString('hex'), '20428a00b2fd4f8c26021f74483fb483184099e17a465941d95f9a6c001ff299');
  const hash = entryHash(key, firstHash, second);
  assert.equal(hash.toString('hex'), '1bbf5d3f2e022cc76cc9de0a43cc9c1702284847419ad03a79ff2ea748354d70');
  const mac = headMac(key, { institutionId: 'DEMOBANK', sequence: 2, hash });
  assert.equal(mac.toString('hex'), '3345af03b44aad397ad9baaa9709a0336b22e5323554b6d89b781fdfe410b451');
  assert.equal(isAuthentic(key, { institutionId: 'DEMOBANK', sequence: 2, hash, mac }), true);
  assert.equal(isAuthentic(key, { institutionId: 'DEMOBANK', sequence: 1, hash, mac }), false);
});

test('what stands in one field never passes for what stands in two', () => {
  const hashOf = (change: Partial<ChainedEntry>) =>
    entryHash(key, genesisHash, { ...first, ...change }).toString('hex');
  const hashes = [
    hashOf({}),
    hashOf({ applicationId: '', address: null }),
    hashOf({ applicationId: null, address: '' }),
    hashOf({ operation: 'a', resource: 'bc' }),
    hashOf({ operation: 'ab', resource: 'c' }),
    hashOf({ operation: 'abc', resource: '' }),
    hashOf({ operation: 'abc', resource: null }),
    hashOf({ detail: { a: '1' } }),
    hashOf({ detail: { a: 1 } }),
  ];
  assert.equal(new Set(hashes).size, hashes.length);
  assert.equal(hashOf({ detail: { customerCount: 12, version: 3 } }), hashOf({}), 'the order of members says nothing');
});

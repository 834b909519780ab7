import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, emptyForm, isComplete } from './new-application.ts';

test('a program has roles and no addresses', () => {
  const form = { ...emptyForm, name: ' Campaigns ', redirectUris: 'https://left.example/' };
  assert.equal(isComplete(form), true);
  assert.equal(isComplete({ ...form, roles: [] }), false);
  assert.deepEqual(bodyOf(form), {
    name: 'Campaigns',
    authenticationType: 'clientCredentials',
    environment: 'production',
    scopes: ['bankingAdmin/read'],
    roles: ['viewer'],
  });
});

test('one through which people sign in has addresses and no roles', () => {
  const form = { ...emptyForm, name: 'App', authenticationType: 'authorizationCode' } as const;
  assert.equal(isComplete(form), false);
  const redirectUris = 'https://app.example/back\n\n http://127.0.0.1:3000/ ';
  assert.equal(isComplete({ ...form, redirectUris }), true);
  assert.deepEqual(bodyOf({ ...form, redirectUris }).redirectUris, [
    'https://app.example/back',
    'http://127.0.0.1:3000/',
  ]);
  assert.equal('roles' in bodyOf({ ...form, redirectUris }), false);
});

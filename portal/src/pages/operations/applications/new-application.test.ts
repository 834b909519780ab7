import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Application } from './application-calls.ts';
import { bodyOf, emptyForm, formOf, isComplete, patchOf } from './new-application.ts';

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

test('a change sends what differs, whatever the order, and never how it acts', () => {
  const application: Application = {
    ...{ id: 'a', name: 'App', homeInstitution: 'BANK', institutions: ['BANK'], state: 'active', apiKeyState: 'none' },
    ...{ authenticationType: 'authorizationCode', clientAuthentication: 'none', environment: 'production' },
    ...{ scopes: ['bankingAdmin/write', 'bankingAdmin/read'], roles: [], owners: [], postLogoutRedirectUris: [] },
    ...{ redirectUris: ['https://app.example/back'], createdAt: '', createdBy: '', updatedAt: '' },
  };
  const form = formOf(application);
  assert.deepEqual(patchOf(application, form), {});
  assert.deepEqual(patchOf(application, { ...form, scopes: ['bankingAdmin/read', 'bankingAdmin/write'] }), {});
  const changed = { ...form, name: 'App 2', scopes: form.scopes.slice(1), redirectUris: 'https://app.example/new' };
  assert.deepEqual(patchOf(application, changed), {
    name: 'App 2',
    scopes: ['bankingAdmin/read'],
    redirectUris: ['https://app.example/new'],
  });
});

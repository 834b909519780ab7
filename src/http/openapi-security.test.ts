import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scopes } from '../modules/access/index.ts';
import { rightText, securityOf, securitySchemes } from './openapi-security.ts';

const embedded = { publicUrl: 'https://rollcall.example', externalIssuerUrl: undefined };
const external = { publicUrl: undefined, externalIssuerUrl: 'https://sso.bank.example/' };

test('the embedded issuer is described by its flows, an external one by its metadata', () => {
  const own = securitySchemes(embedded);
  assert.deepEqual(Object.keys(own).toSorted(), ['apiKey', 'oauth', 'openId']);
  assert.equal(own.oauth?.flows.clientCredentials.tokenUrl, 'https://rollcall.example/oidc/token');
  assert.deepEqual(Object.keys(own.oauth?.flows.authorizationCode.scopes ?? {}).toSorted(), scopes.toSorted());
  assert.equal(
    securitySchemes({ ...embedded, publicUrl: undefined }).oauth?.flows.clientCredentials.tokenUrl,
    '/oidc/token',
  );
  const foreign = securitySchemes(external);
  assert.equal(foreign.oauth, undefined);
  assert.equal(foreign.openId.openIdConnectUrl, 'https://sso.bank.example/.well-known/openid-configuration');
});

test('an operation names schemes that are described, its scope and its roles', () => {
  for (const issuer of [embedded, external]) {
    const described = Object.keys(securitySchemes(issuer));
    const alternatives = securityOf('manageAccess', issuer);
    for (const alternative of alternatives) {
      for (const name of Object.keys(alternative)) assert.ok(described.includes(name), name);
      assert.ok(Object.values(alternative).flat().includes('bankingAdmin/write'));
    }
    assert.ok(alternatives.some((alternative) => 'apiKey' in alternative));
  }
  assert.equal(rightText('manageAccess'), 'Needs the scope `bankingAdmin/write` and the role `administrator`.');
  assert.match(rightText('readAccess'), /one of the roles `administrator`, `auditor`\.$/);
});

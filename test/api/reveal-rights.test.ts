import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Role, roles, type Scope, scopes } from '../../src/modules/access/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { seedAudience, seedCustomers, seededId } from './audience-data.ts';

const readScopes: readonly Scope[] = ['bankingAdmin/read', 'customers/read'];
const readerRoles: readonly Role[] = ['analyst', 'auditor'];

forEachEngine((engine) => {
  let bank: TestApp;
  let urls: readonly string[];

  before(async () => {
    bank = await startTestApp(engine);
    await seedCustomers(bank, 3);
    const { id } = await seedAudience(bank, { name: 'Shown', members: [1] });
    urls = [
      `/service/customerAudiences/${id}/customers`,
      '/service/customers?limit=1',
      `/service/customers/${seededId(1)}`,
    ];
  });
  after(() => bank.close());

  async function reveals(): Promise<unknown[]> {
    return await bank.database.inInstitution(institutionId, async (tx) => {
      const rows = await tx.db
        .selectFrom('audit_entry')
        .select('detail')
        .where('institution_id', '=', institutionId)
        .orderBy('sequence')
        .execute();
      return rows.map(({ detail }) => detail.revealReason).filter((reason) => reason !== undefined);
    });
  }
  async function isRevealed(url: string, token: string, reason?: string): Promise<boolean> {
    const headers = reason === undefined ? {} : { 'reveal-reason': reason };
    const answer = await bank.send({ url, token, headers });
    assert.equal(answer.statusCode, 200, answer.body);
    const [item] = answer.json().items ?? [answer.json()];
    assert.equal('taxIdNumber' in item, !String(item.emailAddress).includes('***'), 'all or nothing');
    return 'taxIdNumber' in item;
  }

  test('neither the scope nor the role alone reveals, nor both without a reason', async () => {
    const seen = (tokenScopes: readonly Scope[], tokenRoles: readonly Role[]) =>
      bank.createToken({ scopes: tokenScopes, roles: tokenRoles, kind: 'person' });
    const scopeAlone = await seen([...readScopes, 'identity/read'], readerRoles);
    const roleAlone = await seen(readScopes, ['exporter', 'auditor']);
    const both = await seen([...readScopes, 'identity/read'], ['exporter', 'auditor']);
    for (const url of urls) {
      assert.equal(await isRevealed(url, scopeAlone, 'why'), false, 'scope without role');
      assert.equal(await isRevealed(url, roleAlone, 'why'), false, 'role without scope');
      assert.equal(await isRevealed(url, both), false, 'no reason');
      assert.equal(await isRevealed(url, both, '   '), false, 'an empty reason');
      const before = (await reveals()).length;
      assert.equal(await isRevealed(url, both, `why ${url}`), true);
      assert.deepEqual((await reveals()).slice(before), [`why ${url}`], 'one reveal, one entry');
    }
    assert.equal((await reveals()).length, urls.length);
  });

  test('of all roles only the exporter reveals', async () => {
    for (const role of roles) {
      // With roles that see the customers at all, and reveal nothing.
      const token = await bank.createToken({ scopes, roles: [role, ...readerRoles], kind: 'person' });
      assert.equal(await isRevealed(urls[0] ?? '', token, 'a look'), role === 'exporter', role);
    }
  });

  test('a reason is bounded and has no control characters', async () => {
    for (const reason of ['x'.repeat(201), 'a\u0085b', 'a\u007fb', 'a\tb']) {
      for (const url of urls) {
        const answer = await bank.send({ url, headers: { 'reveal-reason': reason } });
        assert.equal(answer.statusCode, 400, JSON.stringify(reason));
      }
    }
    assert.equal(
      (await bank.send({ url: urls[0] ?? '', headers: { 'reveal-reason': 'x'.repeat(200) } })).statusCode,
      200,
    );
  });
});

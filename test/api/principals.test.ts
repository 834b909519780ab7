import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';

const accounts = '/service/userAccounts';

forEachEngine((engine) => {
  let bank: TestApp;
  let viewer: string;
  before(async () => {
    bank = await startTestApp(engine);
    viewer = await bank.createToken({ kind: 'person', scopes: ['bankingAdmin/read'], roles: ['viewer'] });
  });
  after(() => bank.close());

  const list = async (query: string, token = viewer) => {
    const answer = await bank.send({ method: 'GET', url: `/service/principals?${query}`, token });
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json();
  };
  const addPerson = async (name: string, token = bank.tokens.own): Promise<string> => {
    const json = { loginName: `${name.replaceAll(' ', '.')}@bank.example`, name, roles: ['analyst'] };
    const answer = await bank.send({ method: 'POST', url: accounts, json, token });
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json().id;
  };
  const addApplication = async (name: string): Promise<string> => {
    const json = { name, authenticationType: 'clientCredentials', scopes: [] };
    const answer = await bank.send({ method: 'POST', url: '/service/applications', json });
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json().id;
  };

  test('a viewer finds colleagues and applications by name, and hears nothing else of them', async () => {
    const ann = await addPerson('Naming Ännchen');
    const mailer = await addApplication('naming Mailer');
    const { items, count } = await list('name=NAMING');
    assert.deepEqual(items, [
      { id: mailer, kind: 'application', name: 'naming Mailer' },
      { id: ann, kind: 'person', name: 'Naming Ännchen' },
    ]);
    assert.equal(count, 2);
    assert.deepEqual((await list('name=naming&kind=person')).items.length, 1);
    assert.deepEqual((await list('name=%C3%A4nnchen')).items[0].id, ann);
    assert.deepEqual(
      (await list('name=naming&sortBy=-name')).items.map(({ id }: { id: string }) => id),
      [ann, mailer],
    );
  });

  test('names of ids come in one answer; ids of nobody are passed over', async () => {
    const [one, two] = [await addPerson('Asked One'), await addPerson('Asked Two')];
    const foreign = await addPerson('Asked elsewhere', bank.tokens.other);
    const { items } = await list(`id=${one}|auth0%7Csomebody|${foreign}&id=${two}|${one}`);
    assert.deepEqual(
      items.map(({ name }: { name: string }) => name),
      ['Asked One', 'Asked Two'],
    );
    const many = Array.from({ length: 101 }, (_, index) => `id-${index}`).join('|');
    const refused = await bank.send({ method: 'GET', url: `/service/principals?id=${many}` });
    assert.equal(refused.statusCode, 400);
  });

  test('pages follow the name to the end', async () => {
    for (const letter of ['c', 'a', 'b']) await addPerson(`Paged ${letter}`);
    const names: string[] = [];
    for (let url: string | undefined = '/service/principals?name=paged&limit=2'; url !== undefined; ) {
      const page: { items: { name: string }[]; nextPage_url?: string } = (
        await bank.send({ method: 'GET', url, token: viewer })
      ).json();
      names.push(...page.items.map(({ name }) => name));
      url = page.nextPage_url;
    }
    assert.deepEqual(names, ['Paged a', 'Paged b', 'Paged c']);
  });

  test('who is disabled keeps the name and is not active; who is erased has none', async () => {
    const id = await addPerson('Gone Later');
    const named = async (more = '') => (await list(`id=${id}${more}`)).count;
    assert.deepEqual([await named(), await named('&state=active')], [1, 1]);
    const disabled = await bank.send({ method: 'POST', url: `/service/disabledUserAccounts?userAccount=${id}` });
    assert.equal(disabled.statusCode, 200, disabled.body);
    assert.deepEqual([await named(), await named('&state=active'), await named('&state=disabled')], [1, 0, 1]);
    const { headers } = await bank.send({ method: 'GET', url: `${accounts}/${id}` });
    const erased = await bank.send({
      method: 'DELETE',
      url: `${accounts}/${id}`,
      headers: { 'if-match': String(headers.etag) },
    });
    assert.equal(erased.statusCode, 204, erased.body);
    assert.equal(await named(), 0);
  });

  test('who acts for another institution too is named at both, and nobody else of there', async () => {
    const lent = await bank.createPrincipal({
      kind: 'person',
      scopes: [],
      institutionIds: [institutionId, otherInstitutionId],
    });
    const hidden = await addPerson('Hidden from others');
    const seen = async (id: string) => (await list(`id=${id}`, bank.tokens.other)).count;
    assert.deepEqual([await seen(lent.principalId), await seen(hidden)], [1, 0]);
    const { items } = await list('limit=1000', bank.tokens.other);
    assert.ok(items.every(({ id }: { id: string }) => id !== hidden));
  });
});

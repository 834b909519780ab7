import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { startTestApp, type TestApp, type TestRequest } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { importBody } from './import-data.ts';

/** Values that stand nowhere else: wherever one turns up, a customer's would. */
const canary = {
  taxIdNumber: '731846295',
  accountNumber: 'CANARYACCT8821',
  emailAddress: 'canary.person@leak.example',
  phoneNumber: '+12025550187',
  username: 'canaryuser77',
} as const;
const names = { givenName: 'Canarygiven', familyName: 'Canaryfamily', businessName: 'Canarybusiness' };
/** Of nobody, and broken ones: they come in by lists and cells that are refused. */
const strangers = ['731846291', 'CANARYACCT9999', 'canary.nobody@leak.example', '+12025550188', 'canarynobody'];
const broken = ['73184629X', '7.31846E+08', 'canary.broken@@leak', '=canary(1)', 'canary\u0000broken'];

/** What is looked for, in lower case: enough of each value to know it by, however it is punctuated. */
const secrets = [
  '731846295',
  '731-84-6295',
  '731846291',
  '73184629x',
  '7.31846e+08',
  'canaryacct',
  'canary.',
  '2025550187',
  '2025550188',
  'canaryuser',
  'canarynobody',
  '=canary',
  'canary\\u0000',
];
const shownByRight = Object.values(names).map((name) => name.toLowerCase());

forEachEngine((engine) => {
  let bank: TestApp;
  const answers: { request: string; text: string }[] = [];

  before(async () => {
    bank = await startTestApp(engine);
    await bank.jobs.start();
  });
  after(() => bank.close());

  /** Every answer is kept: status, headers, body. */
  async function send(request: TestRequest): Promise<LightMyRequestResponse> {
    const answer = await bank.send(request);
    const text = JSON.stringify([answer.statusCode, answer.headers, answer.body]);
    answers.push({ request: `${request.method ?? 'GET'} ${request.url.split('?')[0]}`, text });
    assert.ok(answer.statusCode < 500, `${request.method} ${request.url}: ${answer.body}`);
    return answer;
  }

  const post = (url: string, type: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
    send({ method: 'POST', url, headers: { 'content-type': type, ...headers }, payload });
  const imports = '/service/importedCustomerAudiences';
  const loads = '/service/customerLoads';
  let count = 0;
  const listQuery = (fields: Record<string, string>) => {
    count += 1;
    return new URLSearchParams({ identifierType: 'taxIdNumber', fileName: 'a.csv', name: `Q${count}`, ...fields });
  };

  test('loads, good and bad', async () => {
    const columns = ['coreCustomerId', ...Object.keys(names), 'emailAddress', 'phoneNumber', 'taxIdNumber', 'username'];
    const { emailAddress, phoneNumber, taxIdNumber, username, accountNumber } = canary;
    const person = [...Object.values(names), emailAddress, phoneNumber, taxIdNumber, username];
    const csv = `${columns.join(',')},accountNumbers\nC1,${person.join(',')},${accountNumber}\nC2,,,,${Array(4).fill(broken[1]).join(',')},${'x'.repeat(40)}canary.\nC1,${person.join(',')},\n`;
    const made = await post(`${loads}?mode=upsert`, 'text/csv', csv, { 'idempotency-key': 'load' });
    assert.equal(made.statusCode, 201, made.body);
    assert.equal((await post(`${loads}?mode=upsert`, 'text/csv', csv, { 'idempotency-key': 'load' })).statusCode, 201);
    const row = {
      coreCustomerId: 'C3',
      ...names,
      emailAddress,
      taxIdNumber: broken[0],
      accountNumbers: [accountNumber],
    };
    await post(`${loads}?mode=upsert`, 'application/x-ndjson', `${JSON.stringify(row)}\n{"${taxIdNumber}":1}\n`);
    await post(
      `${loads}?mode=upsert`,
      'application/x-ndjson',
      `${JSON.stringify(row)}\n{"coreCustomerId":${taxIdNumber}\n`,
    );
    await post(`${loads}?mode=upsert&dryRun=true`, 'application/x-ndjson', JSON.stringify(row));
    await post(`${loads}?mode=replace`, 'text/csv', `coreCustomerId,${taxIdNumber},${username}\nC1,1,2\n`);
    await post(`${loads}?mode=replace`, 'text/csv', `${taxIdNumber}\n${strangers.join('\n')}\n`);
    await post(`${loads}?mode=${taxIdNumber}`, 'text/csv', csv);
    await post(
      `${loads}?mode=upsert&ignoreColumns=${taxIdNumber}`,
      'text/csv',
      `coreCustomerId,${taxIdNumber}\nC1,1\n`,
    );
    const list = await send({ url: loads });
    for (const { id } of list.json().items) await send({ url: `${loads}/${id}` });
  });

  test('loads of accounts, good and bad', async () => {
    const url = '/service/accountLoads';
    const { accountNumber, taxIdNumber } = canary;
    const header = 'accountId,coreCustomerIds,productType,balance';
    const csv = `${header}\n${accountNumber},C1|C3,savings,1.00\n${strangers[1]},${taxIdNumber},loan,${broken[1]}\n${broken[1]},C1,${broken[0]},1\n${accountNumber},C1,,\n${strangers[1]}x,C1,cd\n`;
    const made = await post(`${url}?mode=upsert`, 'text/csv', csv, { 'idempotency-key': 'accounts' });
    assert.deepEqual([made.statusCode, made.json().insertedCount], [201, 1], made.body);
    await post(`${url}?mode=upsert`, 'text/csv', csv, { 'idempotency-key': 'accounts' });
    await post(`${url}?mode=replace`, 'text/csv', csv);
    await post(`${url}?mode=upsert&dryRun=true`, 'text/csv', csv, { prefer: 'return=representation' });
    await post(`${url}?mode=upsert`, 'text/csv', csv, { prefer: 'respond-async' });
    await post(`${url}?mode=replace`, 'text/csv', `${header},${accountNumber}\nx,C1,loan,1,1\n`);
    await post(`${url}?mode=${accountNumber}`, 'text/csv', csv);
    const row = { accountId: accountNumber, coreCustomerIds: ['C1', taxIdNumber], productType: accountNumber };
    const ndjson = (text: string) => post(`${url}?mode=upsert`, 'application/x-ndjson', text);
    await ndjson(`${JSON.stringify(row)}\n{"${accountNumber}":1}\n`);
    await ndjson(`${JSON.stringify(row)}\n{"accountId":"${accountNumber}\n{"accountId":${taxIdNumber}}\n`);
    const list = await send({ url });
    for (const { id } of list.json().items) await send({ url: `${url}/${id}` });
  });

  test('imports of each type, in each kind of body, matched and refused', async () => {
    for (const [identifierType, value] of Object.entries(canary)) {
      const text = [value, value, ...strangers, ...broken, `"${value}`, `${value},${value}`].join('\n');
      const body = importBody(text, { identifierType, fileName: `members ${canary.taxIdNumber} of 2025.csv` });
      const made = await send({
        method: 'POST',
        url: imports,
        json: body,
        headers: { 'idempotency-key': identifierType },
      });
      assert.equal(made.statusCode, 201, `${identifierType}: ${made.body}`);
      assert.equal(made.json().fileName, 'members ********* of 2025.csv');
      await send({ method: 'POST', url: imports, json: body, headers: { 'idempotency-key': identifierType } });
      await send({
        method: 'POST',
        url: imports,
        json: { ...body, name: 'Other' },
        headers: { 'idempotency-key': identifierType },
      });
      const { id } = made.json();
      await send({ url: `/service/customerAudiences/${id}` });
      await send({ url: `/service/customerAudiences/${id}/customerIds` });
      await send({ url: `/service/customerAudienceImports/${made.json().import.id}` });
      await send({ url: `/service/customerAudienceImports/${made.json().import.id}/lines` });
      await post(
        `${imports}?${listQuery({ identifierType, fileName: `${canary.taxIdNumber}-731846291` })}&invalidRows=reject`,
        'text/csv',
        text,
      );
      const disposition = `attachment; filename="${canary.taxIdNumber}.csv"`;
      await post(`${imports}?${listQuery({ identifierType })}`.replace('&fileName=a.csv', ''), 'text/csv', text, {
        'content-disposition': disposition,
      });
      const form = new FormData();
      form.append('identifierType', identifierType);
      form.append('name', `Form ${identifierType}`);
      form.append('content', new Blob([text]), `${canary.taxIdNumber}.csv`);
      const encoded = new Response(form);
      await post(imports, encoded.headers.get('content-type') ?? '', Buffer.from(await encoded.arrayBuffer()));
      await send({
        method: 'POST',
        url: `${imports}?dryRun=true`,
        json: importBody(strangers.join('\n'), { identifierType }),
        headers: { prefer: 'return=representation' },
      });
      await send({ method: 'POST', url: imports, json: importBody(strangers.join('\n'), { identifierType }) });
      const edit = { identifierType, fileName: 'b.csv', mode: 'remove', content: Buffer.from(text).toString('base64') };
      await send({ method: 'POST', url: `/service/customerAudiences/${id}/importedCustomers`, json: edit });
    }
  });

  test('an import that is staged for a job', async () => {
    const accepted = await send({
      method: 'POST',
      url: imports,
      json: importBody([canary.taxIdNumber, ...strangers, ...broken].join('\n'), { identifierType: 'taxIdNumber' }),
      headers: { prefer: 'respond-async' },
    });
    await send({ url: `/service/customerAudienceImports/${accepted.json().id}/progress` });
  });

  test('requests that carry a value where none belongs', async () => {
    const value = canary.taxIdNumber;
    const body = importBody(value);
    const json = (payload: string) => post(imports, 'application/json', payload);
    await json(`{"${value}":1}`);
    await json(`{"${canary.emailAddress}":1,${JSON.stringify(body).slice(1)}`);
    await json(JSON.stringify({ ...body, identifierType: value }));
    await json(JSON.stringify({ ...body, charset: canary.username }));
    await json(JSON.stringify({ ...body, column: value }));
    await json(
      JSON.stringify({
        ...body,
        content: Buffer.from(`${value}\n${canary.taxIdNumber}`).toString('base64'),
        column: value,
      }),
    );
    await json(JSON.stringify({ ...body, content: value.slice(0, 5) + canary.username }));
    await json(JSON.stringify({ ...body, repairs: [canary.username] }));
    await json(`{"name":"a",${value}`);
    await json(`${JSON.stringify(body)}${value}`);
    for (const at of [
      'customers',
      'customerAudiences',
      'customerAudienceImports',
      'customerLoads',
      'accountLoads',
      'identifierTypes',
    ]) {
      const url = `/service/${at}`;
      for (const query of [
        `${value}=1`,
        `start=${value}`,
        `limit=${value}`,
        `sortBy=${canary.username}`,
        `state=${value}`,
        `name=${value}`,
      ])
        await send({ url: `${url}?${query}` });
      await send({ url: `${url}/${value}` });
      await send({ url: `${url}/${value}?x=${canary.username}` });
      await send({ url: `${url}/${encodeURIComponent(canary.emailAddress)}/${value}` });
      await send({ method: 'DELETE', url: `${url}/${value}`, headers: { 'if-match': `"${value}"` } });
      await send({
        method: 'PATCH',
        url: `${url}/${value}`,
        json: { [value]: 1, name: 5 },
        headers: { 'if-match': value },
      });
      await send({
        url,
        headers: { accept: `application/${canary.username}`, prefer: value, 'institution-id': value },
      });
      await send({ url, token: value });
      await send({ url, headers: { authorization: `Basic ${canary.username}` } });
      await send({ url, headers: { 'api-key': value, [`x-${canary.username}`]: value, cookie: `a=${value}` } });
    }
    await post(imports, `application/${canary.username}`, value);
    await post(
      imports,
      `multipart/form-data; boundary=${value}`,
      `--${value}\r\ncontent-disposition: form-data; name="${value}"\r\n\r\n1\r\n--${value}--\r\n`,
    );
    await post(`${imports}?${listQuery({ [canary.username]: value })}`, 'text/csv', value);
    await post(`${imports}?${listQuery({ repairs: value })}`, 'text/csv', value);
    await post(`${imports}?${listQuery({})}`, 'text/csv', value, { 'content-disposition': `"${value}` });
    await post(`${imports}?${listQuery({})}`, 'text/csv', value, { 'idempotency-key': `${canary.emailAddress}` });
    await send({ url: `/${value}` });
    await send({ url: `/errors/${value}/v1.0.0` });
    await send({ url: `/docs/${value}` });
  });

  test('what is no HTTP at all', async () => {
    await bank.app.listen({ host: '127.0.0.1', port: 0 });
    const address = bank.app.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const text of [
      `${canary.taxIdNumber} / HTTP/1.1\r\n\r\n`,
      `GET / HTTP/1.1\r\n${canary.username} x\r\n\r\n`,
      `GET /${canary.taxIdNumber} HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
    ]) {
      const socket = connect(port, '127.0.0.1');
      socket.end(text);
      let answer = '';
      for await (const chunk of socket) answer += String(chunk);
      answers.push({ request: 'raw', text: answer });
      assert.match(answer, /^HTTP\/1\.1 4\d\d /);
    }
  });

  test('reads of customers are masked, and only a reveal shows values', async () => {
    const audience = (await bank.send({ url: '/service/customerAudiences?limit=1' })).json().items[0];
    for (const url of ['/service/customers', `/service/customerAudiences/${audience.id}/customers`]) {
      for (const accept of ['application/json', 'text/csv']) {
        const page = await bank.send({ url, headers: { accept } });
        assertClean(page.body, { what: `${accept} of ${url}`, needles: secrets });
      }
      const revealed = await bank.send({ url, headers: { 'reveal-reason': 'a test of what is logged' } });
      if (url === '/service/customers') assert.match(revealed.body, new RegExp(canary.taxIdNumber));
    }
  });

  test('no answer, no log line and no table holds a value', async () => {
    const needles = [...secrets, ...shownByRight];
    for (const { request, text } of answers) {
      const shown = request === 'GET /service/customers' ? secrets : needles;
      assertClean(text, { what: `the answer of ${request}`, needles: shown });
    }
    for (const line of bank.log) assertClean(line, { what: 'the log', needles });
    const tables = await bank.database.withConnection(async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'pgboss')`,
      );
      const contents: { name: string; text: string }[] = [];
      for (const { name } of rows) {
        const { rows: found } = await client.query<{ text: string }>(`select t::text as text from ${name} t`);
        contents.push({ name, text: found.map(({ text }) => text).join('\n') });
      }
      return contents;
    });
    assert.ok(tables.some(({ name, text }) => name === 'public.idempotency_record' && text !== ''));
    assert.ok(tables.some(({ name, text }) => name === 'public.account' && text !== ''));
    assert.ok(tables.some(({ name, text }) => name === 'pgboss.job' && text !== ''));
    for (const { name, text } of tables) assertClean(text, { what: `table ${name}`, needles });
  });
});

/** Neither as text nor as the bytes of one, which PostgreSQL shows in hex, nor in base64. */
function assertClean(text: string, { what, needles }: { what: string; needles: readonly string[] }): void {
  const lower = text.toLowerCase();
  for (const needle of needles) {
    const forms = [needle, Buffer.from(needle).toString('hex'), Buffer.from(needle.toUpperCase()).toString('hex')];
    for (const form of forms) {
      const at = lower.indexOf(form);
      assert.equal(at, -1, `${what} holds ${needle}: ${text.slice(Math.max(0, at - 150), at + 100)}`);
    }
  }
  for (const value of Object.values(canary)) assert.ok(!text.includes(Buffer.from(value).toString('base64')), what);
}

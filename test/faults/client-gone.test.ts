import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createListReader } from '../../src/modules/imports/reading/index.ts';
import { giveCustomers, importBody, plainCustomers } from '../api/import-data.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { createGatedReader } from '../support/gated-reader.ts';

/** Room for one session only: the next list gets none while the one before still holds it. */
const memoryBytesMax = 20 * 1024 * 1024;

interface Upload {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

const query = new URLSearchParams({ identifierType: 'taxIdNumber', fileName: 'a.csv', name: 'By CSV' });
const list = '900000001\n'.repeat(2_000);
const uploads: readonly Upload[] = [
  {
    name: 'an import by JSON',
    path: '/service/importedCustomerAudiences',
    type: 'application/json',
    body: JSON.stringify(importBody(list)),
  },
  { name: 'a streamed import', path: `/service/importedCustomerAudiences?${query}`, type: 'text/csv', body: list },
  {
    name: 'an import by form',
    path: '/service/importedCustomerAudiences',
    type: 'multipart/form-data; boundary=b',
    body: [
      '--b\r\ncontent-disposition: form-data; name="identifierType"\r\n\r\ntaxIdNumber\r\n',
      '--b\r\ncontent-disposition: form-data; name="name"\r\n\r\nBy form\r\n',
      `--b\r\ncontent-disposition: form-data; name="content"; filename="a.csv"\r\n\r\n${list}\r\n--b--\r\n`,
    ].join(''),
  },
  {
    name: 'a customer load',
    path: '/service/customerLoads?mode=upsert',
    type: 'text/csv',
    body: `coreCustomerId,taxIdNumber\n${Array.from({ length: 2_000 }, (_none, n) => `L${n},${300_000_000 + n}\n`).join('')}`,
  },
];

forEachEngine((engine) => {
  const gated = createGatedReader(createListReader({ workers: 1, memoryBytesMax, memoryWaitMs: 200 }));
  let bank: TestApp;
  let port: number;

  before(async () => {
    bank = await startTestApp(engine, { listReader: gated.listReader });
    await giveCustomers(bank, plainCustomers(3));
    await bank.app.listen({ host: '127.0.0.1', port: 0 });
    const address = bank.app.server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  after(async () => {
    await bank.close();
    await gated.listReader.close();
  });

  /** Sends the head and a part of the body, and breaks the connection once the server works on it. */
  async function breakOff(upload: Upload, key: string, how: 'end' | 'reset'): Promise<void> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    const head = [
      `POST ${upload.path} HTTP/1.1`,
      'Host: localhost',
      `Authorization: Bearer ${bank.tokens.own}`,
      `Content-Type: ${upload.type}`,
      `Content-Length: ${upload.body.length}`,
      `Idempotency-Key: ${key}`,
    ].join('\r\n');
    socket.write(`${head}\r\n\r\n${upload.body.slice(0, upload.body.length / 2)}`);
    await until('the request is being read', async () => (await rowsOf('idempotency_record', 'running')) === 1);
    if (how === 'reset') socket.resetAndDestroy();
    else socket.destroy();
  }

  async function rowsOf(table: 'idempotency_record' | 'import' | 'customer_load', state?: string): Promise<number> {
    return await bank.database.withConnection(async (client) => {
      const where = state === undefined ? '' : `where state = '${state}'`;
      const { rows } = await client.query<{ n: number }>(`select count(*)::integer as n from ${table} ${where}`);
      return rows[0]?.n ?? -1;
    });
  }

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const giveUpAt = Date.now() + 60_000;
    while (!(await isSo())) {
      assert.ok(Date.now() < giveUpAt, `it is not so that ${what}`);
      await delay(5);
    }
  }

  for (const [index, upload] of uploads.entries()) {
    test(`the client of ${upload.name} goes away in the middle: nothing stays, and the key is free`, async () => {
      const before = await rowsOf('import');
      const key = `gone-${index}`;
      for (const how of ['end', 'reset'] as const) {
        await breakOff(upload, key, how);
        await until('the claim is released', async () => (await rowsOf('idempotency_record', 'running')) === 0);
        await until('no session is open', async () => gated.openSessions() === 0);
        await until('no load runs', async () => (await rowsOf('customer_load', 'receiving')) === 0);
      }
      assert.equal(await rowsOf('import'), before);
      // The memory is free as well, or this list would be refused.
      const whole = await bank.send({
        method: 'POST',
        url: upload.path,
        headers: { 'content-type': upload.type, 'idempotency-key': key },
        payload: upload.body,
      });
      assert.equal(whole.statusCode, 201, whole.body);
      assert.equal(whole.headers['idempotency-replayed'], undefined);
    });
  }

  test('nobody was told of it as of a fault of the server', () => {
    const faults = bank.log.filter((line) => /"status":5\d\d|"level":[56]0/.test(line));
    assert.deepEqual(faults, []);
  });

  test('a client that goes away before the answer finds the result under its key', async () => {
    const upload = uploads[0];
    assert.ok(upload !== undefined);
    const body = JSON.stringify(importBody('900000002'));
    const gate = gated.hold('stage');
    const abort = new AbortController();
    const headers = {
      authorization: `Bearer ${bank.tokens.own}`,
      'content-type': upload.type,
      'idempotency-key': 'too-late',
    };
    const url = `http://127.0.0.1:${port}${upload.path}`;
    const answer = fetch(url, { method: 'POST', headers, body, signal: abort.signal });
    await gate.reached;
    abort.abort();
    await assert.rejects(answer);
    gate.release();
    await until('the answer is stored', async () => (await rowsOf('idempotency_record', 'running')) === 0);
    const again = await bank.send({ method: 'POST', url: upload.path, headers, payload: body });
    assert.equal(again.statusCode, 201, again.body);
    assert.equal(again.headers['idempotency-replayed'], 'true');
  });
});

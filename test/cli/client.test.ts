import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Type } from 'typebox';
import { type ApiClient, createApiClient } from '../../src/cli/client/api-client.ts';
import { writeMembers } from '../../src/cli/client/audience-export.ts';
import { findAudience } from '../../src/cli/client/audience-lookup.ts';
import { formBody, jsonBody } from '../../src/cli/client/import-body.ts';
import { type LocalFile, localFile } from '../../src/cli/client/list-file.ts';
import { listPages } from '../../src/cli/client/pages.ts';
import { type FakeServer, sendJson, startFakeServer } from './fake-server.ts';

const okSchema = Type.Object({ ok: Type.Literal(true) });

function clientOf(server: FakeServer, base = ''): ApiClient {
  return createApiClient({ server: `${server.address}${base}`, credentials: { token: 'secret-token' }, apiKey: 'key' });
}

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-client-'));
});
after(async () => {
  await rm(folder, { recursive: true });
});

async function fileOf(content: Uint8Array | string, name = 'list.txt'): Promise<LocalFile> {
  await writeFile(join(folder, name), content);
  return await localFile(folder, name);
}

test('a POST is repeated under one Idempotency-Key after a lost connection and after 503 with Retry-After', async () => {
  await using server = await startFakeServer((_request, response, number) => {
    if (number === 1) sendJson(response, { title: 'Busy' }, { status: 503, headers: { 'retry-after': '0' } });
    else if (number === 2) response.destroy();
    else if (number === 3) sendJson(response, {}, { status: 409, headers: { 'retry-after': '0' } });
    else sendJson(response, { ok: true });
  });
  const body = async function* () {
    yield Buffer.from('first ');
    yield Buffer.from('second');
  };
  await clientOf(server).read(okSchema, {
    method: 'POST',
    path: '/service/x',
    query: { a: 'b|c', none: undefined },
    body,
  });
  assert.equal(server.seen.length, 4);
  assert.equal(new Set(server.seen.map(({ headers }) => headers['idempotency-key'])).size, 1);
  for (const { body: bytes, headers, url } of server.seen) {
    assert.equal(bytes.toString(), 'first second');
    assert.equal(headers.authorization, 'Bearer secret-token');
    assert.equal(headers['api-key'], 'key');
    assert.equal(url, '/service/x?a=b%7Cc');
  }
  await clientOf(server).read(okSchema, { method: 'POST', path: '/service/x', body });
  assert.notEqual(server.seen.at(-1)?.headers['idempotency-key'], server.seen[0]?.headers['idempotency-key']);
});

test('a problem is one line: title, detail, id', async () => {
  await using server = await startFakeServer((_request, response) =>
    sendJson(
      response,
      { id: 'p1', type: 'https://x/errors/audienceNameTaken/v1.0.0', title: 'Taken', detail: 'Choose another.' },
      { status: 409 },
    ),
  );
  await assert.rejects(clientOf(server).send({ path: '/service/x' }), {
    name: 'ProblemAnswer',
    message: 'Taken: Choose another. (problem p1)',
    status: 409,
    problemName: 'audienceNameTaken',
  });
  assert.equal(server.seen.length, 1, 'a 409 without Retry-After is final');
});

test('what is no answer of the contract is said so', async () => {
  await using server = await startFakeServer((request, response) => {
    if (request.url === '/service/html') response.writeHead(200).end('<html>');
    else if (request.url === '/service/away') response.writeHead(302, { location: 'http://example.com/' }).end();
    else if (request.url === '/service/gateway') response.writeHead(502).end('<html>bad</html>');
    else sendJson(response, { ok: false });
  });
  const client = clientOf(server);
  await assert.rejects(client.send({ path: '/service/html' }), /something else than JSON/);
  await assert.rejects(client.send({ path: '/service/away' }), /redirection \(302\)/);
  await assert.rejects(client.send({ path: '/service/gateway' }), /status 502/);
  await assert.rejects(client.read(okSchema, { path: '/service/other' }), /something else than the contract says/);
});

test('nobody at the address: at once, not after six attempts', async () => {
  const server = await startFakeServer(() => {});
  await server[Symbol.asyncDispose]();
  await assert.rejects(clientOf(server).send({ path: '/service/x' }), /no server answers at http:\S+ \(ECONNREFUSED\)/);
});

test('a base path goes before /service, and the token goes to no other server', async () => {
  await using server = await startFakeServer((request, response) => {
    const url = new URL(request.url, 'http://x');
    const next = url.searchParams.get('start') === null ? '/bank/service/things?start=2' : 'http://127.0.0.1:1/service';
    sendJson(response, { items: [], nextPage_url: next });
  });
  const pages = listPages(clientOf(server, '/bank'), '/service/things');
  await pages.next();
  await pages.next();
  assert.deepEqual(
    server.seen.map(({ url }) => url),
    ['/bank/service/things', '/bank/service/things?start=2'],
  );
  await assert.rejects(pages.next(), /address of another server/);
});

test('a page that leads to itself ends the walk with an error', async () => {
  await using server = await startFakeServer((_request, response) =>
    sendJson(response, { items: [], nextPage_url: '/service/things?start=1' }),
  );
  const pages = listPages(clientOf(server), '/service/things');
  await pages.next();
  await assert.rejects(pages.next(), /leads to itself/);
});

test('an audience is found by id, then by exact name, then by folded name; two of one name need the id', async () => {
  const item = (id: string, name: string, state = 'active') => ({ id, name, state, customerCount: 1 });
  const items = [
    item('a1', 'Spring'),
    item('a2', 'a1'),
    item('a3', 'Old', 'archived'),
    item('a4', 'Old'),
    item('a5', 'X'),
    item('a6', 'X'),
  ];
  await using server = await startFakeServer((_request, response) =>
    sendJson(response, { items, count: items.length }),
  );
  const client = clientOf(server);
  assert.equal((await findAudience(client, 'a1')).id, 'a1');
  assert.equal((await findAudience(client, 'SPRING')).id, 'a1');
  assert.equal((await findAudience(client, 'Old')).id, 'a4');
  await assert.rejects(findAudience(client, 'X'), /several audiences/);
  await assert.rejects(findAudience(client, 'none'), /no audience has the name or id "none"/);
});

test('an export is held against the count of its version, less who left', async () => {
  let pages: readonly Record<string, unknown>[] = [];
  await using server = await startFakeServer((request, response) => {
    sendJson(response, pages[new URL(request.url, 'http://x').searchParams.get('start') === null ? 0 : 1]);
  });
  const next = '/service/customerAudiences/a/customers?start=2';
  const exported = async () => {
    let text = '';
    const result = await writeMembers(clientOf(server), 'a', { format: 'csv', channel: 'any' }, async (part) => {
      text += part;
    });
    return { ...result, lines: text.split('\r\n') };
  };
  const ann = { id: '1', coreCustomerId: 'C,1', customerType: 'retail', phoneNumber: '+15551234567' };
  pages = [
    { items: [ann], count: 3, withheldCount: 0, nextPage_url: next },
    { items: [{ id: '2' }], count: 3, withheldCount: 1 },
  ];
  const complete = await exported();
  assert.deepEqual([complete.rowCount, complete.withheldCount], [2, 1]);
  assert.equal(complete.lines[1], '1,"C,1",retail,,,,,+15551234567,,,,');
  pages = [
    { items: [ann], count: 3, withheldCount: 0, nextPage_url: next },
    { items: [{ id: '2' }], count: 3, withheldCount: 0 },
  ];
  await assert.rejects(exported(), /not complete: 2 rows, but it should have 3/);
  pages = [{ items: [ann, ann], count: 1, withheldCount: 0 }];
  await assert.rejects(exported(), /not complete: 2 rows, but it should have 1/);
  pages = [
    { items: [ann], count: 2, withheldCount: 0, nextPage_url: next },
    { items: [ann], count: 3, withheldCount: 1 },
  ];
  await assert.rejects(exported(), /changed or left out the count/);
  pages = [
    { items: [ann], count: 3, withheldCount: 0, heldBackCount: 1, nextPage_url: next },
    { items: [{ id: '2' }], count: 3, withheldCount: 0, heldBackCount: 1 },
  ];
  assert.deepEqual([(await exported()).rowCount, (await exported()).heldBackCount], [2, 1]);
  pages = [pages[0] ?? {}, { items: [{ id: '2' }], count: 3, withheldCount: 0, heldBackCount: 2 }];
  await assert.rejects(exported(), /suppressions.* changed during the export/);
});

test('base64 of a stream is that of the whole, whatever its size', async () => {
  for (const size of [0, 1, 2, 3, 262_143, 262_144, 600_001]) {
    const bytes = Buffer.alloc(size, 'abcdefg\n');
    const body = jsonBody(await fileOf(bytes), { identifierType: 'username', name: 'N "1"', column: undefined });
    const parts: Uint8Array[] = [];
    let readBytes = 0;
    for await (const part of body.bytes((count) => (readBytes = count))) parts.push(part);
    const json: unknown = JSON.parse(Buffer.concat(parts).toString());
    assert.deepEqual(json, { identifierType: 'username', name: 'N "1"', content: bytes.toString('base64') });
    assert.equal(readBytes, size);
  }
});

test('the form has the fields before the file, and a file name that cannot leave its header', async () => {
  const file = await fileOf('a\n', 'a"b.txt');
  const body = formBody(file, {
    name: 'N',
    repairs: ['restoreLeadingZeros'],
    includesHeader: false,
    charset: undefined,
  });
  const parts: Uint8Array[] = [];
  for await (const part of body.bytes(() => {})) parts.push(part);
  const form = await new Response(Buffer.concat(parts), { headers: { 'content-type': body.contentType } }).formData();
  assert.deepEqual([...form.keys()], ['name', 'repairs', 'includesHeader', 'content']);
  assert.equal(form.get('repairs'), 'restoreLeadingZeros');
  const content = form.get('content');
  assert.ok(content instanceof File);
  assert.equal(content.name, 'a"b.txt');
  assert.equal(await content.text(), 'a\n');
});

test('files that cannot be read are named with the reason', async () => {
  await assert.rejects(localFile(folder, 'absent.txt'), /cannot read absent.txt \(ENOENT\)/);
  await assert.rejects(localFile(folder, '.'), /is a folder/);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { LightMyRequestResponse } from 'fastify';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { allLines, giveCustomers, importBody } from './import-data.ts';

/** The canonical values that somebody has; every other value of the lists names nobody. */
const known = {
  taxIdNumber: ['212345678', '312345678', '012345678', '002345678', '002123456', '002123457', '002123458', '002123459'],
  username: ['müller'],
  coreCustomerId: 'C1',
} as const;

interface HostileList {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly fields?: Record<string, unknown>;
  /** Of each line, in order: `m`atched, `u`nmatched, `d`uplicate, `b`lank, `h`eader, or why it is invalid. */
  readonly lines: string;
}

const utf16le = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const utf16be = (text: string) => utf16le(text).swap16();
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const repaired = { repairs: ['restoreLeadingZeros'] };
const asUsernames = { identifierType: 'username' };

const lists: readonly HostileList[] = [
  { name: 'empty content', content: '', lines: '' },
  { name: 'one byte', content: '1', lines: 'invalidFormat' },
  { name: 'one line break', content: '\n', lines: 'b' },
  { name: 'header only', content: 'Tax ID\n', fields: { includesHeader: true }, lines: 'h' },
  { name: 'header not declared', content: 'Tax ID\n212345678\n', lines: 'invalidFormat m' },
  { name: 'header wrongly declared', content: '212345678\n312345678', fields: { includesHeader: true }, lines: 'h m' },
  { name: 'leading zero', content: '012345678\n', lines: 'm' },
  {
    name: 'lost zeros',
    content: '12345678\n2345678\n123456',
    lines: 'leadingZerosLost leadingZerosLost invalidFormat',
  },
  {
    name: 'lost zeros, repaired',
    content: '012345678\n12345678\n2345678\n0000001',
    fields: repaired,
    lines: 'm d m impossibleValue',
  },
  { name: 'SSN and EIN of the same digits', content: '212-34-5678\n21-2345678\n', lines: 'm d' },
  {
    name: 'NBSP, en dash, full-width digits, zero-width joiner',
    content: '212\u00a034\u00a05678\n３１２３４５６７８\n0123\u200d45678\n002\u201334\u20135678',
    lines: 'm m m m',
  },
  { name: 'byte-order mark', content: '\ufeff212345678\n', lines: 'm' },
  { name: 'UTF-16LE', content: utf16le('212345678\r\n312345678'), lines: 'm m' },
  { name: 'UTF-16BE', content: utf16be('212345678\r\n312345678'), lines: 'm m' },
  { name: 'windows-1252', content: bytes('M', [0xfc], 'ller\nM\u00fcller\n'), fields: asUsernames, lines: 'm d' },
  {
    name: 'CRLF, LF, CR mixed, no break at the end',
    content: '212345678\r\n312345678\n\r999999998\r\n\r012345678',
    lines: 'm m b u b m',
  },
  { name: 'quoted line break', content: '"2123\n45678"\n312345678', lines: 'unclosedQuote invalidFormat m' },
  {
    name: 'spreadsheet protection',
    content: `="002123456"\n'002123457\n"002123458"\n"=""002123459"""`,
    lines: 'm m m m',
  },
  { name: 'scientific notation', content: '1.23457E+08\n212345678', lines: 'scientificNotation m' },
  { name: 'trailing comma, tabs', content: '212345678,\n\t312345678\t\n;,\t\n', lines: 'm m b' },
  { name: 'several values', content: '212345678,312345678\n', lines: 'multipleValues' },
  { name: 'NUL byte', content: '2123\x0045678\n312345678', lines: 'invalidFormat m' },
  {
    name: 'lone surrogate',
    content: utf16le('C1\n\ud800\n'),
    fields: { identifierType: 'coreCustomerId' },
    lines: 'm invalidFormat',
  },
  { name: 'right-to-left override', content: '\u202e212345678\n', lines: 'm' },
  { name: 'a line of 10 MB', content: `212345678\n${'9'.repeat(10_000_000)}\n312345678`, lines: 'm invalidFormat m' },
  {
    name: 'placeholders',
    content: '000000000\n123456789\n999999999',
    lines: 'impossibleValue placeholderValue placeholderValue',
  },
  { name: 'gzip', content: gzipSync('212345678\n'), lines: 'm' },
];

const refused: readonly { name: string; content: Uint8Array; type: string }[] = [
  { name: 'XLSX or ZIP', content: bytes('PK\x03\x04', [20, 0, 6, 0], '[Content_Types].xml'), type: 'unreadableList' },
  { name: 'binary', content: Buffer.alloc(100), type: 'unreadableList' },
  { name: 'gzip cut short', content: gzipSync('212345678\n').subarray(0, 20), type: 'unreadableList' },
  { name: 'gzip bomb', content: gzipSync(Buffer.alloc(2_000_000, '212345678\n')), type: 'payloadTooLarge' },
];

const url = '/service/importedCustomerAudiences';
const words: Readonly<Record<string, string>> = {
  m: 'matched',
  u: 'unmatched',
  d: 'duplicate',
  b: 'blank',
  h: 'header',
};

forEachEngine((engine) => {
  let bank: TestApp;

  before(async () => {
    bank = await startTestApp(engine);
    await giveCustomers(bank, [
      {
        coreCustomerId: known.coreCustomerId,
        identifiers: { taxIdNumber: known.taxIdNumber, username: known.username },
      },
    ]);
  });
  after(() => bank.close());

  const preview = (json: unknown) =>
    bank.send({ method: 'POST', url: `${url}?dryRun=true`, json, headers: { prefer: 'return=representation' } });
  const previewCsv = (content: string | Uint8Array, fields: Record<string, unknown> = {}) => {
    const given = { identifierType: 'taxIdNumber', name: 'By CSV', fileName: 'a.csv', dryRun: 'true', ...fields };
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(given)) query.set(name, String(value));
    return bank.send({
      method: 'POST',
      url: `${url}?${query}`,
      headers: { 'content-type': 'text/csv', prefer: 'return=representation' },
      payload: Buffer.from(content),
    });
  };

  /** The ledger of a preview: it is kept whether or not anybody matched. */
  async function linesOf(answer: LightMyRequestResponse, name: string): Promise<string[]> {
    assert.ok([200, 422].includes(answer.statusCode), `${name}: ${answer.statusCode} ${answer.body}`);
    const body = answer.json();
    if (answer.statusCode === 422) assert.match(body.type, /noCustomersMatched/, name);
    const ledger = body.import ?? body.attributes;
    const counted = ['header', 'blank', 'invalid', 'duplicate', 'unmatched', 'ambiguous', 'matched'];
    const sum = counted.reduce((total, outcome) => total + ledger[`${outcome}Count`], 0);
    assert.equal(sum, ledger.lineCount, name);
    return await allLines(bank, ledger.id);
  }

  for (const { name, content, fields, lines } of lists) {
    test(`${name}: each line has its outcome`, async () => {
      const outcomes = lines === '' ? [] : lines.split(' ');
      const expected = outcomes.map((word, index) => `${index + 1} ${words[word] ?? `invalid ${word}`}`);
      // The reader knows no engine, so each engine gets one kind of body.
      const isJson = engine.name === 'embedded';
      const answer = isJson ? await preview(importBody(content, fields)) : await previewCsv(content, fields);
      assert.deepEqual(await linesOf(answer, name), expected);
    });
  }

  for (const { name, content, type } of refused) {
    test(`${name}: ${type}`, async () => {
      for (const answer of [await preview(importBody(content)), await previewCsv(content)]) {
        assert.match(answer.json().type, new RegExp(`/errors/${type}/v1`));
        assert.equal(answer.json().status, answer.statusCode);
      }
    });
  }

  // It takes seconds, so one engine has to do; a million equal lines are a test of the reader.
  const skip = engine.name === 'postgresql' ? false : 'a million lines are read once, on the other engine';
  test('a million values that nobody has are refused, each of them counted', { skip }, async () => {
    const unknown = Array.from({ length: 1_000_000 }, (_none, index) => 400_000_000 + index).join('\n');
    const nobody = await previewCsv(unknown);
    assert.equal(nobody.statusCode, 422);
    assert.equal(nobody.json().attributes.unmatchedCount, 1_000_000);
  });

  test('base64: line breaks, the URL-safe alphabet and missing padding are read, everything else is refused', async () => {
    const text = '212345678\n\u00fe\u00ff\u00fe??>>\n';
    const standard = Buffer.from(text).toString('base64');
    const good = [
      standard,
      standard.replaceAll('+', '-').replaceAll('/', '_'),
      standard.replace(/=+$/, ''),
      standard.replace(/(.{4})/g, '$1\r\n'),
    ];
    for (const content of good) {
      const answer = await preview({ ...importBody(''), content });
      assert.deepEqual(await linesOf(answer, content), ['1 matched', '2 invalid invalidFormat']);
    }
    const bad = [
      'data:text/csv;base64,MjEyMzQ1Njc4',
      'MjEy MzQ1Njc4',
      'MjEyMzQ1Njc4=',
      'MjEyMzQ1Nz=',
      'MjEyMzQ1Nzh==MjEy',
      'M',
      '%4D',
      '=',
      'MjEyMzQ1Njc\u0000',
    ];
    for (const content of bad) {
      const answer = await preview({ ...importBody(''), content });
      assert.equal(answer.statusCode, 400, content);
      assert.match(answer.json().type, /\/errors\/invalidBase64\//, content);
    }
  });

  test('JSON that is none, says a thing twice or reaches for prototypes is a bad request', async () => {
    const whole = JSON.stringify(importBody('212345678'));
    const bodies = [
      '',
      '{',
      'null',
      '[]',
      '"text"',
      whole.slice(0, -1),
      `${whole}x`,
      `${whole}${whole}`,
      whole.replace('{', '{"name":"first",'),
      whole.replace('{', '{"content":"MjEy",'),
      whole.replace('{', '{"\\u006eame":"first",'),
      whole.replace('{', '{"__proto__":{"x":1},'),
      whole.replace('{', '{"constructor":{"prototype":{}},'),
      whole.replace('{', `{"description":${'['.repeat(100_000)}${']'.repeat(100_000)},`),
      whole.replace('{', `{"x":${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)},`),
      whole.replace('"taxIdNumber"', '1e999'),
      whole.replace('"name":"', '"name":"\\ud800'),
      whole.replace('"name":"', '"name":"\\u0000'),
      whole.replace(/"content":"[^"]*"/, '"content":null'),
      whole.replace(/"content":"[^"]*"/, '"content":["MjEy"]'),
      whole.replace('"name":"', `"description":"${'x'.repeat(200_000)}","name":"`),
      Buffer.from([...Buffer.from(whole.slice(0, -1)), 0xff, 0x7d]),
    ];
    for (const payload of bodies) {
      const headers = { 'content-type': 'application/json' };
      const answer = await bank.send({ method: 'POST', url: `${url}?dryRun=true`, headers, payload });
      const shown = `${String(payload).slice(0, 80)}: ${answer.body}`;
      assert.ok([400, 413].includes(answer.statusCode), shown);
      assert.match(answer.json().type, /\/errors\/(badRequest|payloadTooLarge)\//, shown);
    }
  });

  test('names, descriptions and file names are text and nothing else', async () => {
    const emoji = '\u{1F3E6}'.repeat(80);
    const description = '<script>alert(1)</script> **bold**';
    const fileName = '../../etc/passwd\r\nX-Evil: 1 "quoted" \'; drop table audience; --.csv';
    const made = await bank.send({
      method: 'POST',
      url,
      json: importBody('212345678', { name: emoji, description, fileName }),
    });
    assert.equal(made.statusCode, 201, made.body);
    const read = (await bank.send({ url: `/service/customerAudiences/${made.json().id}` })).json();
    assert.deepEqual([read.name, read.description, read.fileName], [emoji, description, fileName]);
    assert.equal((await preview(importBody('1', { name: `${emoji}!` }))).statusCode, 400);
    for (const name of ['', ' ', '\u200b']) {
      const answer = await preview(importBody('212345678', { name }));
      assert.ok([400, 422].includes(answer.statusCode), `${JSON.stringify(name)}: ${answer.body}`);
    }
  });

  test('a form whose parts are missing, late, twice or cut short is a bad request', async () => {
    const part = (name: string, value: string, extra = '') =>
      `--b\r\ncontent-disposition: form-data; name="${name}"${extra}\r\n\r\n${value}\r\n`;
    const type = part('identifierType', 'taxIdNumber');
    const named = part('name', 'By form');
    const file = part('content', '212345678', '; filename="a.csv"');
    const bodies = [
      '',
      '--b--\r\n',
      `${type}${named}--b--\r\n`,
      `${file}${type}${named}--b--\r\n`,
      `${type}${type}${named}${file}--b--\r\n`,
      `${type}${named}${part('list', '212345678', '; filename="a.csv"')}--b--\r\n`,
      `${type}${named}${part('secret', '1')}${file}--b--\r\n`,
      `${type}${named}${file}`,
      `${type}${named}${file.slice(0, -8)}`,
      `${type}${named}${file}${part('includesHeader', 'true')}--b--\r\n`,
      `${type}${named}${file}${file}--b--\r\n`,
      `${type}${part('name', 'x'.repeat(20_000))}${file}--b--\r\n`,
    ];
    for (const payload of bodies) {
      const headers = { 'content-type': 'multipart/form-data; boundary=b' };
      const answer = await bank.send({ method: 'POST', url: `${url}?dryRun=true`, headers, payload });
      assert.ok(
        [400, 413].includes(answer.statusCode),
        `${payload.slice(0, 300)}: ${answer.statusCode} ${answer.body}`,
      );
    }
    const noBoundary = await bank.send({
      method: 'POST',
      url,
      headers: { 'content-type': 'multipart/form-data' },
      payload: file,
    });
    assert.ok([400, 415].includes(noBoundary.statusCode), noBoundary.body);
  });

  test('nothing was a 500, and no value stands in the log', () => {
    const text = bank.log.join('');
    assert.deepEqual(
      bank.log.filter((line) => /"status":5\d\d/.test(line)),
      [],
    );
    for (const value of [...known.taxIdNumber, ...known.username, '999999998', '123456789']) {
      assert.ok(!text.includes(value), value);
    }
  });
});

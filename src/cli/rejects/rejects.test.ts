import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { LineAnswer } from '../client/api-schemas.ts';
import { readListLines } from './list-lines.ts';
import { type ListShape, writeRejectFile } from './reject-file.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-rejects-'));
});
after(async () => {
  await rm(folder, { recursive: true });
});

async function linesOf(bytes: Uint8Array | string, charset?: string): Promise<readonly string[]> {
  const path = join(folder, 'list');
  await writeFile(path, bytes);
  const lines: string[] = [];
  for await (const { recordNumber, text } of readListLines(path, charset === undefined ? {} : { charset })) {
    assert.equal(recordNumber, lines.length + 1);
    lines.push(text);
  }
  return lines;
}

test('lines end with CR LF, LF or CR, and only the final terminator makes no line', async () => {
  assert.deepEqual(await linesOf('a\r\nb\nc\rd'), ['a', 'b', 'c', 'd']);
  assert.deepEqual(await linesOf('a\n\n'), ['a', '']);
  assert.deepEqual(await linesOf('\r\r\n\n'), ['', '', '']);
  assert.deepEqual(await linesOf(''), []);
  assert.deepEqual(await linesOf('a'), ['a']);
  const border = 'x'.repeat(65_535);
  assert.deepEqual(await linesOf(`${border}\r\ny\r\n`), [border, 'y'], 'CR LF across the border of two reads');
});

test('characters: marks, UTF-16, windows-1252 line by line, a named charset, gzip', async () => {
  assert.deepEqual(await linesOf('\ufeffä\nb'), ['ä', 'b']);
  const utf16 = Buffer.from('\ufeffä1\r\n漢\r\n', 'utf16le');
  assert.deepEqual(await linesOf(utf16), ['ä1', '漢']);
  assert.deepEqual(await linesOf(Buffer.from(utf16).swap16()), ['ä1', '漢']);
  const mixed = Buffer.concat([Buffer.from('M\u00fcller\n'), Buffer.from([0x4d, 0xfc, 0x6c, 0x0a])]);
  assert.deepEqual(await linesOf(mixed), ['Müller', 'Mül']);
  assert.deepEqual(await linesOf(Buffer.from([0xb1, 0x0a]), 'iso-8859-2'), ['ą']);
  assert.deepEqual(await linesOf(gzipSync('a\nb\n')), ['a', 'b']);
});

async function rejectsOf(
  content: string,
  shape: Partial<ListShape>,
  answers: readonly LineAnswer[],
): Promise<{ text: string; importOptions: string }> {
  const path = join(folder, 'list.csv');
  const target = join(folder, 'list.csv.rejects.csv');
  await writeFile(path, content);
  const list = { path, identifierType: 'taxIdNumber', includesHeader: false, ...shape };
  const written = await writeRejectFile(list, answersOf(answers), target);
  assert.equal(written.lineCount, answers.length);
  assert.equal((await stat(target)).mode & 0o777, 0o600);
  return { text: await readFile(target, 'utf8'), importOptions: written.importOptions.join(' ') };
}

async function* answersOf(answers: readonly LineAnswer[]): AsyncGenerator<LineAnswer> {
  yield* answers;
}

test('one value a line: a file of four columns that reads back by the name of the type', async () => {
  const { text, importOptions } = await rejectsOf('960000001\r\n="00123"\r\n12345678,\r\n1;2\r\n', {}, [
    { recordNumber: 2, outcome: 'invalid', reason: 'invalidFormat' },
    { recordNumber: 3, outcome: 'invalid', reason: 'leadingZerosLost' },
    { recordNumber: 4, outcome: 'invalid', reason: 'multipleValues' },
  ]);
  assert.equal(
    text,
    'recordNumber,outcome,reason,taxIdNumber\r\n' +
      '2,invalid,invalidFormat,"=""00123"""\r\n' +
      '3,invalid,leadingZerosLost,12345678\r\n' +
      '4,invalid,multipleValues,"1;2"\r\n',
  );
  assert.equal(importOptions, '--type taxIdNumber --header --column taxIdNumber');
});

test('several columns: the record keeps its own, with its dialect and its quoted line breaks', async () => {
  const content = 'name;tax id\r\n"Ann\nLee";12345678\r\n"Bo";960000000\r\nstray";1\r\n';
  const { text, importOptions } = await rejectsOf(content, { includesHeader: true, column: 'tax id' }, [
    { recordNumber: 2, outcome: 'invalid', reason: 'leadingZerosLost' },
    { recordNumber: 4, outcome: 'unmatched' },
    { recordNumber: 5, outcome: 'invalid', reason: 'unclosedQuote' },
  ]);
  assert.equal(
    text,
    'recordNumber;outcome;reason;name;tax id\r\n' +
      '2;invalid;leadingZerosLost;"Ann\nLee";12345678\r\n' +
      '4;unmatched;;"Bo";960000000\r\n' +
      '5;invalid;unclosedQuote;"stray"";1"\r\n',
  );
  assert.equal(importOptions, '--type taxIdNumber --header --column tax id');
});

test('a column by position moves behind the three of the ledger', async () => {
  const { text, importOptions } = await rejectsOf('x,1\ny,2\n', { column: '2' }, [
    { recordNumber: 2, outcome: 'unmatched' },
  ]);
  assert.equal(text, '2,unmatched,,y,2\r\n');
  assert.equal(importOptions, '--type taxIdNumber --column 5');
});

test('an export of our own keeps its columns', async () => {
  const { text, importOptions } = await rejectsOf(
    'id,emailAddress\na,b@example.com\n',
    { identifierType: 'customerId' },
    [{ recordNumber: 2, outcome: 'unmatched' }],
  );
  assert.equal(text, 'recordNumber,outcome,reason,id,emailAddress\r\n2,unmatched,,a,b@example.com\r\n');
  assert.equal(importOptions, '--type customerId --header --column id');
});

test('a file that changed meanwhile leaves no rejects behind', async () => {
  await rm(join(folder, 'list.csv.rejects.csv'), { force: true });
  await assert.rejects(
    rejectsOf('a\n', {}, [{ recordNumber: 2, outcome: 'unmatched' }]),
    /the file has changed while it was imported/,
  );
  await assert.rejects(
    rejectsOf('a\nb\n', {}, [
      { recordNumber: 2, outcome: 'unmatched' },
      { recordNumber: 1, outcome: 'unmatched' },
    ]),
    /another order/,
  );
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.includes('rejects')),
    [],
  );
});

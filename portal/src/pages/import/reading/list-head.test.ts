import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choicesOf, columnField, nameOfFile } from './list-choices.ts';
import { readColumn, readListHead } from './list-head.ts';
import { unreadable } from './list-text.ts';
import { markedLine } from './marked-line.ts';

const head = (text: string | Uint8Array, isWhole = true) =>
  readListHead(typeof text === 'string' ? new TextEncoder().encode(text) : text, { isWhole });

test('a list of one value a line has no column, and a header only where it reads like one', () => {
  const plain = head('960000001\r\n960000002\r\n');
  assert.equal(plain.column, undefined);
  assert.equal(plain.hasHeader, false);
  assert.equal(plain.lineCount, 2);
  assert.deepEqual(plain.lines, ['960000001', '960000002']);
  assert.equal(head('Tax ID\n960000001\n').hasHeader, true);
  assert.equal(head('jdoe\njroe\n').hasHeader, false);
  assert.equal(head('\nTax ID\n960000001\n').hasHeader, false, 'the server takes line 1, whatever it holds');
});

test('of a wide file the delimiter, the header and the identifier column are found', () => {
  const wide = head(
    '\ufeffName;Zip;"Tax ID";Mail\r\n"Doe; Jane";01234;960000001;j@example.com\r\nRoe;01235;96000002;\r\n',
  );
  assert.equal(wide.layout.delimiter, ';');
  assert.equal(wide.hasHeader, true);
  assert.equal(wide.column, 3);
  assert.deepEqual(choicesOf(wide), { identifierType: 'taxIdNumber', hasHeader: true, column: 3 });
  const [, , taxIds] = wide.layout.columns;
  assert.equal(taxIds?.first, 'Tax ID');
  assert.deepEqual(taxIds && readColumn(taxIds, true).damage, { lostZeros: 1, scientific: 0 });
});

test('a quoted line break belongs to its record', () => {
  const wide = head('id,note\nC0001,"two\nlines"\nC0002,one\n');
  assert.deepEqual(wide.layout.columns[0]?.values, ['C0001', 'C0002']);
  assert.equal(wide.lineCount, 4);
});

test('a stray delimiter makes no columns', () => {
  assert.equal(head('960000001\n960000002,960000003\n960000004\n960000005\n').layout.columns.length, 1);
});

test('the charset goes by the mark, else by the bytes', () => {
  assert.equal(head('jörg\n').charset, 'utf-8');
  assert.equal(head(Uint8Array.of(0x6a, 0xf6, 0x72, 0x67, 0x0a)).charset, 'windows-1252');
  const utf16 = head(Uint8Array.of(0xff, 0xfe, 0x41, 0, 0x42, 0, 0x0a, 0));
  assert.equal(utf16.charset, 'utf-16le');
  assert.deepEqual(utf16.lines, ['AB']);
});

test('a charset that somebody says is obeyed, whatever the bytes look like', () => {
  const jose = Uint8Array.of(0x4a, 0x6f, 0x73, 0x8e, 0x0a);
  const mac = readListHead(jose, { isWhole: true, charset: 'macintosh' });
  assert.deepEqual([mac.lines, mac.charset, mac.isCharsetChosen], [['José'], 'macintosh', true]);
  assert.deepEqual(head(jose).lines, ['JosŽ']);
  assert.deepEqual(readListHead(jose, { isWhole: true, charset: 'utf-8' }).lines, ['Jos\ufffd']);
  const marked = new TextEncoder().encode('\ufeffjörg\n');
  assert.deepEqual(readListHead(marked, { isWhole: true, charset: 'utf-8' }).lines, ['jörg']);
  assert.deepEqual(readListHead(marked, { isWhole: true, charset: 'windows-1252' }).lines, ['ï»¿jÃ¶rg']);
});

test('what the head cuts off is no line', () => {
  assert.equal(head('960000001\n9600', false).lineCount, 1);
  assert.equal(head('960000001', false).lineCount, 1);
});

test('the column is sent by its position, or by its name where a position could be meant for a name', () => {
  const byPosition = head('mail,name\na@example.com,A\n');
  assert.equal(columnField(byPosition, choicesOf(byPosition)), '1');
  const numbered = { ...choicesOf(byPosition), column: 2, hasHeader: true };
  assert.equal(columnField(head('2,email\n960000001,a@example.com\n'), numbered), 'email');
  const own = head('id,accountNumbers\n0399abedfd3d5e10c2aa,1234567|1234568\n');
  assert.equal(columnField(own, { identifierType: 'accountNumber', hasHeader: true, column: 2 }), undefined);
});

test('workbooks, binaries and nothing at all are told apart', () => {
  assert.equal(unreadable(Uint8Array.of(0x50, 0x4b, 3, 4, 1, 1, 1, 1)), 'workbook');
  assert.equal(unreadable(Uint8Array.of(0x25, 0x50, 0x44, 0x46, 0x2d)), 'binary');
  assert.equal(unreadable(new Uint8Array(64)), 'binary');
  assert.equal(unreadable(new Uint8Array(0)), 'empty');
  assert.equal(unreadable(new TextEncoder().encode('960000001')), undefined);
});

test('a file gives its name, long numbers left out', () => {
  assert.equal(nameOfFile('spring_mailing-2026.csv.gz'), 'Spring mailing 2026');
  assert.equal(nameOfFile('account 960000001.txt'), 'Account');
});

test('the chosen column is marked in the line as it stands', () => {
  const list = { delimiter: ';', column: 2, columnCount: 3 } as const;
  assert.deepEqual(markedLine('"a;b";960;x', list), { before: '"a;b";', marked: '960', after: ';x' });
  assert.equal(markedLine('a;b', list).marked, '');
});

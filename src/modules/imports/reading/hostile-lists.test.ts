import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readOutcomes, readStaged } from './list-fixture.ts';
import type { ListOptions } from './reading-types.ts';

interface HostileList {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly options?: Partial<ListOptions>;
  /** In the order of lines. */
  readonly outcomes: readonly string[];
}

const utf16le = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const utf16be = (text: string) => utf16le(text).swap16();
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

const lists: readonly HostileList[] = [
  { name: 'no content', content: '', outcomes: [] },
  { name: 'one byte', content: '1', outcomes: ['1 invalid/invalidFormat'] },
  { name: 'one line break', content: '\n', outcomes: ['1 blank'] },
  { name: 'header only', content: 'Tax ID\n', options: { includesHeader: true }, outcomes: ['1 header'] },
  { name: 'header not declared', content: 'Tax ID\n012345678\n', outcomes: ['1 invalid/invalidFormat', '2 valid'] },
  {
    name: 'header wrongly declared',
    content: '212345678\n312345678\n',
    options: { includesHeader: true },
    outcomes: ['1 header', '2 valid'],
  },
  { name: 'leading zero', content: '012345678\n', outcomes: ['1 valid'] },
  { name: 'lost leading zeros', content: '12345678\n1234567\n123456', outcomes: leadingZeros('leadingZerosLost') },
  {
    name: 'lost leading zeros, repaired, once already there',
    content: '012345678\n12345678\n2345678\n0000001\n12345678',
    options: { repairs: ['restoreLeadingZeros'] },
    outcomes: ['1 valid', '2 duplicate', '3 valid', '4 invalid/impossibleValue', '5 duplicate'],
  },
  {
    name: 'SSN and EIN with the same digits',
    content: '212-34-5678\n21-2345678\n',
    outcomes: ['1 valid', '2 duplicate'],
  },
  {
    name: 'NBSP, en dash, full-width digits and a zero-width joiner',
    content: '212\u00a034\u00a05678\n212\u201334\u20135679\n２１２３４５６８０\n2123\u200d45681\n',
    outcomes: ['1 valid', '2 valid', '3 valid', '4 valid'],
  },
  { name: 'byte-order mark', content: '\ufeff212345678\n', outcomes: ['1 valid'] },
  { name: 'UTF-16LE', content: utf16le('212345678\r\n312345678'), outcomes: ['1 valid', '2 valid'] },
  { name: 'UTF-16BE', content: utf16be('212345678\r\n312345678'), outcomes: ['1 valid', '2 valid'] },
  {
    name: 'UTF-16 with half a character at the end',
    content: bytes([...utf16le('212345678\n3')], [0x31]),
    outcomes: ['1 valid', '2 invalid/invalidFormat'],
  },
  {
    name: 'windows-1252 in one line',
    content: bytes('M\u00fcller\n', 'M', [0xfc], 'ller\nEuro', [0x80], '\n'),
    options: { identifierType: 'username' },
    outcomes: ['1 valid', '2 duplicate', '3 valid'],
  },
  {
    name: 'all line breaks, the last line without one',
    content: '212345671\r\n212345672\n212345673\r212345674\n\r212345675',
    outcomes: ['1 valid', '2 valid', '3 valid', '4 valid', '5 blank', '6 valid'],
  },
  {
    name: 'quoted line break without a column',
    content: '"212345\n678"\n312345678',
    outcomes: ['1 invalid/unclosedQuote', '2 invalid/invalidFormat', '3 valid'],
  },
  {
    name: 'quoted line break with a column',
    content: 'name,tin\n"Ann\nB.",212345678\nCarl,312345678',
    options: { column: 'tin' },
    outcomes: ['1 header', '2 valid', '4 valid'],
  },
  {
    name: 'spreadsheet protection',
    content: `="002123456"\n"=""002123457"""\n'002123458\n"002123459"\n`,
    outcomes: ['1 valid', '2 valid', '3 valid', '4 valid'],
  },
  { name: 'scientific notation', content: '2.12346E+08\n', outcomes: ['1 invalid/scientificNotation'] },
  {
    name: 'trailing comma, tabs',
    content: '212345678,\n\t312345678\t\n;,\t\n',
    outcomes: ['1 valid', '2 valid', '3 blank'],
  },
  { name: 'several values', content: '212345678,312345678\n', outcomes: ['1 invalid/multipleValues'] },
  { name: 'several values and an open quote', content: '212345678,"3\n', outcomes: ['1 invalid/multipleValues'] },
  { name: 'blank lines', content: ' \n""\n,,\n\u00a0\n=""\n\u200b', outcomes: blanks(6) },
  { name: 'an open quote alone', content: '"\n', outcomes: ['1 invalid/unclosedQuote'] },
  { name: 'a NUL byte', content: '212345678\n3123\x0045678\n', outcomes: ['1 valid', '2 invalid/invalidFormat'] },
  {
    name: 'lone surrogate, as UTF-16 and as bytes',
    content: utf16le('212345678\n\ud800\n'),
    options: { identifierType: 'coreCustomerId' },
    outcomes: ['1 valid', '2 invalid/invalidFormat'],
  },
  { name: 'right-to-left override', content: '\u202e212345678\n', outcomes: ['1 valid'] },
  {
    name: 'a line of 10 MB',
    content: `212345678\n${'9'.repeat(10_000_000)}\n312345678`,
    outcomes: ['1 valid', '2 invalid/invalidFormat', '3 valid'],
  },
  {
    name: 'a long line of white space and one of 4,097 characters',
    content: `${' '.repeat(20_000)}\n${'x'.repeat(4097)}\n${'\u00fc'.repeat(4097)}\n${' '.repeat(4087)}212345678`,
    options: { identifierType: 'accountNumber' },
    outcomes: ['1 blank', '2 invalid/invalidFormat', '3 invalid/invalidFormat', '4 valid'],
  },
  { name: 'gzip', content: gzipSync('212345678\n'), outcomes: ['1 valid'] },
  {
    name: 'declared windows-1252 with bytes that are UTF-8',
    content: 'M\u00fcller\n',
    options: { identifierType: 'username', charset: 'windows-1252' },
    outcomes: ['1 valid'],
  },
  {
    name: 'declared UTF-8 with bytes that are not',
    content: bytes('M', [0xfc], 'ller\nMeier'),
    options: { identifierType: 'username', charset: 'utf-8' },
    outcomes: ['1 invalid/invalidFormat', '2 valid'],
  },
];

for (const { name, content, options, outcomes } of lists) {
  test(`a list with ${name}`, async () => {
    assert.deepEqual(await readOutcomes(content, options), outcomes);
    assert.deepEqual(await readOutcomes(content, options, { sizes: [1, 7, 4096] }), outcomes, 'in small pieces');
  });
}

const refused: readonly { name: string; content: Uint8Array; options?: Partial<ListOptions>; type: string }[] = [
  { name: 'XLSX', content: bytes('PK\x03\x04', [20, 0, 6, 0], '[Content_Types].xml'), type: 'unreadableList' },
  {
    name: 'an old Excel file',
    content: bytes([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    type: 'unreadableList',
  },
  { name: 'PDF', content: bytes('%PDF-1.7\n1 0 obj'), type: 'unreadableList' },
  { name: 'binary data', content: Buffer.alloc(100), type: 'unreadableList' },
  { name: 'UTF-16 without mark', content: Buffer.from('212345678\n', 'utf16le'), type: 'unreadableList' },
  { name: 'gzip in gzip', content: gzipSync(gzipSync('212345678\n')), type: 'unreadableList' },
  { name: 'gzip cut short', content: gzipSync('212345678\n').subarray(0, 20), type: 'unreadableList' },
  { name: 'a gzip bomb', content: gzipSync(Buffer.alloc(20_000_000, '1\n')), type: 'payloadTooLarge' },
  { name: 'an unknown charset', content: bytes('1'), options: { charset: 'klingon' }, type: 'badRequest' },
  { name: 'too many lines', content: bytes('1\n2\n3'), options: { linesMax: 2 }, type: 'payloadTooLarge' },
  { name: 'no such column', content: bytes('a,b\n1,2'), options: { column: 'c' }, type: 'badRequest' },
  { name: 'a column too far', content: bytes('a,b\n1,2'), options: { column: 3 }, type: 'badRequest' },
  { name: 'two columns of the name', content: bytes('a,b,A,a'), options: { column: 'a' }, type: 'badRequest' },
];

for (const { name, content, options, type } of refused) {
  test(`${name} is refused as ${type}`, async () => {
    for (const sizes of [[], [1]]) {
      await assert.rejects(readStaged(content, options, { sizes }), { name: 'Problem', type });
    }
  });
}

test('a million equal lines are one value and 999,999 duplicates', async () => {
  const { summary, tokens } = await readStaged('212345678\n'.repeat(1_000_000));
  tokens[Symbol.dispose]();
  assert.equal(summary.lineCount, 1_000_000);
  assert.equal(summary.duplicateCount, 999_999);
  assert.equal(summary.distinctValueCount, 1);
});

test('the summary says which charset was used, which lines were not in it, and why lines are invalid', async () => {
  const content = Buffer.concat([Buffer.from('12345678\n'.repeat(101)), Buffer.from([0xfc, 0x0a])]);
  const { summary } = await readStaged(content);
  assert.equal(summary.charset, 'utf-8');
  assert.equal(summary.windows1252LineCount, 1);
  assert.deepEqual(summary.invalidReasons, [
    {
      reason: 'leadingZerosLost',
      count: 101,
      recordNumbers: Array.from({ length: 100 }, (_none, index) => index + 1),
      more: true,
    },
    { reason: 'invalidFormat', count: 1, recordNumbers: [102], more: false },
  ]);
  const declared = await readStaged('1', { charset: 'iso-8859-1' });
  assert.equal(declared.summary.charset, 'windows-1252');
});

function leadingZeros(reason: string): string[] {
  return [`1 invalid/${reason}`, `2 invalid/${reason}`, '3 invalid/invalidFormat'];
}

function blanks(count: number): string[] {
  return Array.from({ length: count }, (_none, index) => `${index + 1} blank`);
}

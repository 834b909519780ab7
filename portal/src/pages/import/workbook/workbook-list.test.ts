import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatOfCode } from './number-formats.ts';
import { numberText } from './number-text.ts';
import { textFileOf } from './text-file.ts';
import { escaped, type Fixture, row, simpleRows, workbook, zipped } from './workbook-fixture.ts';
import { readWorkbook } from './workbook-list.ts';
import { WorkbookRefused } from './workbook-problem.ts';

async function listOf(fixture: Fixture, sheet?: number) {
  const read = await readWorkbook(await workbook(fixture), { sheet, onShare: () => undefined });
  return { ...read, lines: (await read.text.text()).split('\n').slice(0, -1) };
}

const linesOf = async (rows: string, more: Omit<Fixture, 'sheets'> = {}) =>
  (await listOf({ sheets: [{ name: 'One', rows }], ...more })).lines;

async function refusal(file: Blob): Promise<string> {
  try {
    await readWorkbook(file, { onShare: () => undefined });
    return 'none';
  } catch (error) {
    return error instanceof WorkbookRefused ? error.problem : 'workbookBroken';
  }
}

test('line N is row N: rows without anything stay, at whatever place the cells stand', async () => {
  const rows =
    row(2, '<c r="B2"><v>1</v></c><c r="D2"><v>2</v></c>') +
    row(3, '<c r="A3" t="inlineStr"><is><t></t></is></c>') +
    row(5, '<c r="A5"><v>3</v></c>') +
    '<row><c><v>4</v></c><c><v>5</v></c></row>';
  assert.deepEqual(await linesOf(rows), ['', ',1,,2', '', '', '3,,,', '4,5,,']);
});

test('text is read as it stands: shared, inline, formatted in parts, escaped, by a formula', async () => {
  const strings = [
    '<t>000123456</t>',
    '<r><t>rich </t></r><r><rPr><b/></rPr><t xml:space="preserve">text</t></r><rPh sb="0" eb="1"><t>said</t></rPh>',
    '<t>a_x000D_b_x005F_c</t>',
  ];
  const cells = ['<c t="s"><v>0</v></c>', '<c t="s"><v>1</v></c>', '<c t="s"><v>2</v></c>'];
  const formula = '<c t="str"><f>A1&amp;"x"</f><v>kept &amp; said</v></c>';
  assert.deepEqual(await linesOf(row(1, cells.join('') + formula), { strings }), [
    '000123456,rich text,a b_c,kept & said',
  ]);
  assert.deepEqual(await linesOf(simpleRows([['Doe; Jane', ' spaced ', '="00123"', 'two\nlines']])), [
    '"Doe; Jane"," spaced ","=""00123""",two lines',
  ]);
});

test('a number gives all its digits, never an exponent', () => {
  const plain = (raw: string) => numberText(raw, { kind: 'plain' }, { isFrom1904: false });
  assert.equal(plain('960000001').text, '960000001');
  assert.equal(plain('9.60000001E8').text, '960000001');
  assert.equal(plain('1.23456789012E+17').text, '123456789012000000');
  assert.equal(plain('12.300000000000001').text, '12.3');
  assert.equal(plain('1E-7').text, '0.0000001');
  assert.equal(plain('1E-300').text, '0');
  assert.equal(plain('-5').text, '-5');
  assert.equal(plain('999999999999999').hasLostDigits, false);
  assert.equal(plain('4111111111111110').hasLostDigits, true);
  assert.equal(plain('nonsense').text, 'nonsense');
});

test('a number whose format puts zeros in front is read as Excel shows it', () => {
  const shown = (code: string, raw: string) => {
    const { text, isPadded } = numberText(raw, formatOfCode(code), { isFrom1904: false });
    return [text, isPadded];
  };
  assert.deepEqual(shown('000000000', '71000001'), ['071000001', true]);
  assert.deepEqual(shown('000000000', '960000001'), ['960000001', false]);
  assert.deepEqual(shown('000\\-00\\-0000', '71000001'), ['071-00-0001', true]);
  assert.deepEqual(shown('000\\-00\\-0000', '960000001'), ['960-00-0001', false]);
  assert.deepEqual(shown('00-0000000', '2025550'), ['00-2025550', true]);
  assert.deepEqual(shown('00000', '501'), ['00501', true]);
  for (const code of [
    '0',
    '#,##0',
    '0.00',
    '0.00E+00',
    '0%',
    '@',
    'General',
    '###-####',
    'broken [',
    '0'.repeat(256),
  ]) {
    assert.deepEqual(shown(code, '71000001'), ['71000001', false], code);
  }
  assert.deepEqual(shown('000000000', '1.5'), ['1.5', false]);
});

test('days and times are written as ISO 8601, errors and what is empty as nothing', async () => {
  const formats = ['m/d/yyyy', '[$-409]d\\-mmm\\-yy h:mm', 'h:mm'];
  const cells =
    '<c s="1"><v>44197</v></c><c s="2"><v>44197.5</v></c><c s="3"><v>0.25</v></c><c t="d"><v>2021-01-01</v></c>' +
    '<c t="e"><v>#N/A</v></c><c s="1"/><c t="s"/><c t="b"/><c t="b"><v>1</v></c>';
  const sheets = [{ name: 'One', rows: row(1, cells) }];
  const { lines, notes } = await listOf({ sheets, formats, strings: ['<t>no cell has this</t>'] });
  assert.deepEqual(lines, ['2021-01-01,2021-01-01T12:00:00,06:00:00,2021-01-01,,,,,TRUE']);
  assert.equal(notes.errorCount, 1);
  assert.deepEqual((await listOf({ sheets, formats, isFrom1904: true })).lines[0]?.slice(0, 10), '2025-01-02');
});

test('what a list does not show is counted', async () => {
  const rows =
    '<row r="1" hidden="1"><c s="1"><v>71000001</v></c></row><row r="2" hidden="1"/>' +
    row(3, '<c><v>4111111111111110</v></c>');
  const { notes } = await listOf({ sheets: [{ name: 'One', rows }], formats: ['000000000'] });
  assert.deepEqual(notes, { paddedCount: 1, lostDigitsCount: 1, hiddenRowCount: 1, errorCount: 0 });
});

test('the first sheet with something in it that is shown is read; any other on demand', async () => {
  const sheets = [
    { name: 'Secret', rows: simpleRows([['s']]), state: 'hidden' as const },
    { name: 'Empty', rows: '' },
    { name: 'A & B', rows: simpleRows([['list']]) },
  ];
  const first = await listOf({ sheets });
  assert.equal(first.sheet, 2);
  assert.deepEqual(first.lines, ['list']);
  assert.deepEqual(first.sheets, [
    { name: 'Secret', isHidden: true },
    { name: 'Empty', isHidden: false },
    { name: 'A & B', isHidden: false },
  ]);
  assert.deepEqual((await listOf({ sheets }, 0)).lines, ['s']);
});

test('elements with a prefix, parts elsewhere and strict relations are found', async () => {
  const part =
    '<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>';
  const kind = 'http://purl.oclc.org/ooxml/officeDocument/relationships';
  const file = await zipped({
    '_rels/.rels': `<Relationships><Relationship Id="a" Type="${kind}/officeDocument" Target="/book/main.xml"/></Relationships>`,
    'book/main.xml':
      '<x:workbook xmlns:x="m" xmlns:q="r"><x:sheets><x:sheet name="N" q:id="b"/></x:sheets></x:workbook>',
    'book/_rels/main.xml.rels': `<Relationships><Relationship Id="b" Type="${kind}/worksheet" Target="../cells/one.xml"/></Relationships>`,
    'cells/one.xml': part,
  });
  const { text } = await readWorkbook(file, { onShare: () => undefined });
  assert.equal(await text.text(), '7\n');
});

test('entities are harmless: a document type is refused, an unknown entity is an error', async () => {
  const bomb = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>';
  const sheet = (start: string, text: string) =>
    workbook({
      sheets: [{ name: 'One', rows: '' }],
      parts: {
        'xl/worksheets/sheet1.xml': `${start}<worksheet><row r="1"><c t="str"><v>${text}</v></c></row></worksheet>`,
      },
    });
  assert.equal(await refusal(await sheet(bomb, '&b;')), 'workbookBroken');
  assert.equal(await refusal(await sheet('', '&secret;')), 'workbookBroken');
  assert.equal(await refusal(await sheet('', escaped('&amp;'))), 'none');
});

test('hostile sheets are refused: no place, no order, no end', async () => {
  const refused = async (rows: string) => await refusal(await workbook({ sheets: [{ name: 'One', rows }] }));
  assert.equal(await refused(row(1_048_577, '<c><v>1</v></c>')), 'workbookBroken');
  assert.equal(await refused(row(2, '<c><v>1</v></c>') + row(1, '<c><v>1</v></c>')), 'workbookBroken');
  assert.equal(await refused(row(1, '<c r="ZZZZ1"><v>1</v></c>')), 'workbookBroken');
  assert.equal(await refused('<row r="1"><c><v>1</v>'), 'workbookBroken');
  assert.equal(await refused(''), 'emptyWorkbook');
  const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);
  assert.equal(await refused(nested(100) + row(1, '<c><v>1</v></c>')), 'workbookBroken');
  assert.equal(await refused(nested(20).repeat(10) + row(1, '<c><v>1</v></c>')), 'none');
});

test('tabs and what they refer to may be many: each is looked up, not looked for', async () => {
  const count = 40_000;
  const relations = Array.from({ length: count }, (_, index) => `<Relationship Id="r${index}" Type="t" Target="p"/>`);
  const file = await workbook({
    sheets: [],
    parts: {
      'xl/workbook.xml': `<workbook><sheets>${'<sheet name="N" id="none"/>'.repeat(count)}</sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': `<Relationships>${relations.join('')}</Relationships>`,
    },
  });
  const begun = performance.now();
  assert.equal(await refusal(file), 'workbookBroken');
  assert.ok(performance.now() - begun < 8_000, 'the time goes by their product');
});

test('a small part that unpacks to far too much is refused', async () => {
  const huge = `<styleSheet>${' '.repeat(17 * 1_024 * 1_024)}</styleSheet>`;
  const file = await workbook({
    sheets: [{ name: 'One', rows: simpleRows([['x']]) }],
    parts: { 'xl/styles.xml': huge },
  });
  assert.ok(file.size < 100_000);
  assert.equal(await refusal(file), 'workbookTooLarge');
});

test('what is no workbook, an old one, one with a password or of another program is told apart', async () => {
  const compound = (text: string) => {
    const bytes = new Uint8Array(2_048);
    bytes.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    bytes[30] = 9;
    for (const [at, character] of [...text].entries()) bytes[512 + 2 * at] = character.charCodeAt(0);
    return new Blob([bytes]);
  };
  assert.equal(await refusal(compound('Workbook')), 'oldWorkbook');
  assert.equal(await refusal(compound('EncryptedPackage')), 'encryptedWorkbook');
  assert.equal(await refusal(await zipped({ 'list.csv': '1' })), 'archive');
  assert.equal(await refusal(await zipped({ mimetype: 'x', 'content.xml': '<x/>' })), 'otherWorkbook');
  assert.equal(await refusal(new Blob([Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0)])), 'workbookBroken');
  const whole = await workbook({ sheets: [{ name: 'One', rows: simpleRows([['x']]) }] });
  assert.equal(await refusal(whole.slice(0, whole.size / 2)), 'workbookBroken');
});

test('one long text that many cells repeat does not fill the memory', async () => {
  const strings = [`<t>${'x'.repeat(32_767)}</t>`];
  const rows = row(1, '<c t="s"><v>0</v></c>'.repeat(16_384));
  assert.equal(
    await refusal(await workbook({ sheets: [{ name: 'One', rows: rows + row(2, '') }], strings })),
    'workbookTooLarge',
  );
});

test('a workbook is not opened for nobody: another file was chosen while its first bytes were read', async () => {
  const file = new File([await workbook({ sheets: [] })], 'list.xlsx');
  const abort = new AbortController();
  const opened = textFileOf(file, { signal: abort.signal, onShare: () => undefined });
  abort.abort();
  await assert.rejects(opened, { name: 'AbortError' });
});

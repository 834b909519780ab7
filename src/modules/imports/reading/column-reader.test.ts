import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOutcomes, readStaged } from './list-fixture.ts';

test('a column by position, with each delimiter', async () => {
  for (const delimiter of [',', ';', '\t']) {
    const content = ['Ann', '212345678', 'x'].join(delimiter);
    assert.deepEqual(await readOutcomes(`${content}\n${content}`, { column: 2 }), ['1 valid', '2 duplicate']);
    assert.deepEqual(await readOutcomes(`${content}\n`, { column: '2' }), ['1 valid'], 'as a query gives it');
  }
});

test('a column by name makes the first record a header, declared or not', async () => {
  const content = 'Name;Tax ID\n"Lee; Ann";212345678\n';
  for (const includesHeader of [true, false]) {
    assert.deepEqual(await readOutcomes(content, { column: 'Tax ID', includesHeader }), ['1 header', '2 valid']);
    assert.deepEqual(await readOutcomes(content, { column: ' tax id', includesHeader }), ['1 header', '2 valid']);
  }
});

test('the delimiter is the one that sets the named column apart', async () => {
  const content = 'First, last, and middle name;tin\nAnn, B., C.;212345678\n';
  assert.deepEqual(await readOutcomes(content, { column: 'tin' }), ['1 header', '2 valid']);
});

test('digits are a name only where a declared header has them', async () => {
  assert.deepEqual(await readOutcomes('2,1\n212345678,x\n', { column: '2', includesHeader: true }), [
    '1 header',
    '2 valid',
  ]);
  assert.deepEqual(await readOutcomes('a,b\nx,212345678\n', { column: '2', includesHeader: true }), [
    '1 header',
    '2 valid',
  ]);
});

test('short records, blank records and empty cells are blank', async () => {
  const content = 'a,212345678\na\n\n,,\na,""\n"a"\n';
  const blank = [2, 3, 4, 5, 6].map((line) => `${line} blank`);
  assert.deepEqual(await readOutcomes(content, { column: 2 }), ['1 valid', ...blank]);
  assert.deepEqual(await readOutcomes(`\n${content}`, { column: 2 }), [
    '1 blank',
    '2 valid',
    '3 blank',
    '4 blank',
    '5 blank',
    '6 blank',
    '7 blank',
  ]);
});

test('a stray quote costs its own line and no other', async () => {
  const content = ['a,212345678', 'b,"312345678', 'c,412345678', 'd,512345678'].join('\n');
  const outcomes = ['1 valid', '2 invalid/unclosedQuote', '3 valid', '4 valid'];
  assert.deepEqual(await readOutcomes(content, { column: 2 }), outcomes);
  const long = Array.from({ length: 300 }, (_none, line) => `x,${200_000_000 + line}`);
  long[10] = 'x,"200000010';
  const read = await readOutcomes(long.join('\n'), { column: 2 });
  assert.equal(read[10], '11 invalid/unclosedQuote');
  assert.equal(read.filter((outcome) => outcome.endsWith(' valid')).length, 299);
});

test('records that never close are read in linear time', async () => {
  const content = 'a"b,"c\n'.repeat(20_000);
  const { summary, tokens } = await readStaged(content, { column: 2 });
  tokens[Symbol.dispose]();
  assert.equal(summary.invalidCount, summary.lineCount);
});

test('a record of several lines counts once and has the number of its first line', async () => {
  const content = 'x,"note\r\nof ""three""\nlines",212345678\ny,,312345678\n';
  const { summary, tokens } = await readStaged(content, { column: 3 });
  assert.equal(summary.lineCount, 2);
  assert.deepEqual([tokens.lineAt(0), tokens.lineAt(1)], [1, 4]);
  tokens[Symbol.dispose]();
});

test('a long record is invalid, a long header is not', async () => {
  const long = 'x'.repeat(5000);
  assert.deepEqual(await readOutcomes(`${long},tin\na,212345678\n${long},1`, { column: 'tin' }), [
    '1 header',
    '2 valid',
    '3 invalid/invalidFormat',
  ]);
});

test('our own export finds its column by itself', async () => {
  const names = 'id,coreCustomerId,customerType,givenName,emailAddress,taxIdNumber,accountNumbers';
  const row = '0399abedfd3d5e10c2aa,C-1,retail,Ann,ann@example.com,212345678,A1';
  const content = `${names}\r\n${row}\r\n`;
  for (const identifierType of [
    'customerId',
    'coreCustomerId',
    'emailAddress',
    'taxIdNumber',
    'accountNumber',
  ] as const) {
    assert.deepEqual(await readOutcomes(content, { identifierType }), ['1 header', '2 valid'], identifierType);
  }
  const foreign = content.replace('customerType', 'notes');
  assert.deepEqual(await readOutcomes(foreign, { includesHeader: true }), ['1 header', '2 valid']);
  assert.deepEqual(await readOutcomes(foreign), ['1 invalid/multipleValues', '2 invalid/multipleValues']);
});

test('several account numbers in a cell of our own export are several values', async () => {
  const content = 'id,accountNumbers\na,A1|A2\nb,A3|\nc,\nd,|';
  assert.deepEqual(await readOutcomes(content, { identifierType: 'accountNumber' }), [
    '1 header',
    '2 invalid/multipleValues',
    '3 valid',
    '4 blank',
    '5 blank',
  ]);
});

test('a problem with the column tells positions and never the header', async () => {
  await assert.rejects(readStaged('Ann Smith,212345678\n', { column: 'tin' }), (error: unknown) => {
    assert.ok(error instanceof Error && 'attributes' in error);
    assert.doesNotMatch(error.message, /Smith|2123|tin/);
    assert.deepEqual(error.attributes, { columnCount: 2 });
    return true;
  });
});

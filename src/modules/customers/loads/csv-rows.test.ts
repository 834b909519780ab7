import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createCsvRows } from './csv-rows.ts';
import { customerShape, loadFields } from './load-fields.ts';
import type { RawRow } from './row-shape.ts';

const givenName = loadFields.indexOf('givenName');

function read(
  file: string | Uint8Array,
  options: { cuts?: readonly number[]; ignoreColumns?: string[] } = {},
): RawRow[] {
  const bytes = Buffer.from(file);
  const parser = createCsvRows({ shape: customerShape([]), ignoreColumns: options.ignoreColumns ?? [] });
  const cuts = [...new Set([0, ...(options.cuts ?? []).map((cut) => cut % (bytes.length + 1)), bytes.length])];
  cuts.sort((a, b) => a - b);
  const rows = cuts.slice(1).flatMap((cut, index) => parser.push(bytes.subarray(cuts[index], cut)));
  return [...rows, ...parser.end()];
}

/** [line, key, given name or refusal] */
function brief(rows: readonly RawRow[]) {
  return rows.map((row) => [row.lineNumber, row.key, row.refusal ?? row.cells[givenName]]);
}

test('lines end in LF, CR LF or CR, also mixed; blank ones count as lines and are no rows', () => {
  const file = '\ufeffcoreCustomerId,givenName\r\nC1,Ann\nC2,Bea\rC3,Cia\r\n\n , \r\r\n,\nC4,"Di\r\nana"\rC5,';
  assert.deepEqual(brief(read(file)), [
    [2, 'C1', 'Ann'],
    [3, 'C2', 'Bea'],
    [4, 'C3', 'Cia'],
    [9, 'C4', 'Di\nana'],
    [11, 'C5', ''],
  ]);
});

test('however the bytes arrive, the rows are the same', () => {
  const cell = fc.oneof(
    fc.constantFrom('', 'x', 'é', '"', '""', '"a"', '"a\nb"', '"a""b"', 'a"b', '"open', '"a"b', '  ', '\u{1f600}'),
    fc.string({ maxLength: 5 }).filter((text) => !/[\r\n]/.test(text)),
  );
  const line = fc.array(cell, { minLength: 1, maxLength: 3 }).map((cells) => cells.join(','));
  const file = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 12 })
    .map((lines) => `coreCustomerId,givenName\n${lines.map((parts) => parts.join('')).join('')}`);
  fc.assert(
    fc.property(file, fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
      assert.deepEqual(read(text, { cuts }), read(text));
    }),
    { numRuns: 300 },
  );
});

test('quotes: doubled ones, stray ones, text after a closing one', () => {
  const file = [
    'coreCustomerId,givenName',
    'C1,"say ""hi"", Ann"',
    'C2,12" pipe',
    'C3,"abc"x',
    'C4,"never closed',
    'C5,Eve',
    '"C6","Fay"',
  ].join('\n');
  assert.deepEqual(brief(read(file)), [
    [2, 'C1', 'say "hi", Ann'],
    [3, 'C2', '12" pipe'],
    [4, 'C3', 'malformedQuote'],
    [5, 'C4', 'unclosedQuote'],
    [6, 'C5', 'Eve'],
    [7, 'C6', 'Fay'],
  ]);
});

test('a stray quote costs its own line, also in a long file', () => {
  const lines = Array.from({ length: 5_000 }, (_, index) => (index === 10 ? 'C10,"x' : `C${index},y`));
  const rows = read(`coreCustomerId,givenName\n${lines.join('\n')}`);
  assert.equal(rows.length, 5_000);
  assert.deepEqual(
    rows.filter((row) => row.refusal !== undefined).map((row) => [row.lineNumber, row.key, row.refusal]),
    [[12, 'C10', 'unclosedQuote']],
  );
});

test('a stray quote that seems to be closed further down swallows no row', () => {
  const file = 'coreCustomerId,givenName\nC1,"x\nC2,y\n"C3",z\nC4,"x\nC5,y",z\nC6,z';
  assert.deepEqual(brief(read(file)), [
    [2, 'C1', 'unclosedQuote'],
    [3, 'C2', 'y'],
    [4, 'C3', 'z'],
    [5, 'C4', 'unclosedQuote'],
    [6, 'C5', 'columnCount'],
    [7, 'C6', 'z'],
  ]);
});

test('a row of too many or too few cells is refused, and its key stays readable', () => {
  const rows = brief(read('givenName,coreCustomerId\nAnn,C1,x\nBea\nCia,C3\n'));
  assert.deepEqual(rows, [
    [2, 'C1', 'columnCount'],
    [3, null, 'columnCount'],
    [4, 'C3', 'Cia'],
  ]);
});

test('a line over the limit is refused by its number, and the next one stands', () => {
  const rows = read(`coreCustomerId,givenName\nC1,${'x'.repeat(200_000)}\nC2,Bea\nC3,${'y'.repeat(70_000)}`, {
    cuts: [50_000, 100_000, 150_000],
  });
  assert.deepEqual(brief(rows), [
    [2, null, 'recordTooLong'],
    [3, 'C2', 'Bea'],
    [4, null, 'recordTooLong'],
  ]);
});

test('bytes that are not UTF-8 refuse their own row only', () => {
  const file = Buffer.concat([
    Buffer.from('coreCustomerId,givenName\nC1,Ann\nC2,Jos'),
    Buffer.from([0xe9]),
    Buffer.from('\nC3,José\n'),
  ]);
  assert.deepEqual(brief(read(file)), [
    [2, 'C1', 'Ann'],
    [3, 'C2', 'invalidEncoding'],
    [4, 'C3', 'José'],
  ]);
});

test('an absent column is undefined, an empty cell is empty; semicolons and tabs are found', () => {
  for (const delimiter of [',', ';', '\t']) {
    const [row] = read(`coreCustomerId${delimiter}givenName\nC1${delimiter}\n`);
    assert.equal(row?.cells[givenName], '');
    assert.equal(row?.cells[givenName + 1], undefined);
  }
});

test('a column of ours that is to be ignored is absent, however often it stands there', () => {
  const [row] = read('branch,coreCustomerId,branch,givenName\nx,C1,y,Ann\n', { ignoreColumns: ['branch'] });
  assert.deepEqual([row?.key, row?.cells[givenName]], ['C1', 'Ann']);
  assert.equal(row?.cells[loadFields.indexOf('branch')], undefined);
  assert.throws(() => read('branch,coreCustomerId,branch\n'), { type: 'badRequest' });
});

test('a header is refused by column number, and its text is not repeated', () => {
  const cases: readonly [string, object][] = [
    ['coreCustomerId,123-45-6789,givenName', { columnNumbers: [2] }],
    ['coreCustomerId,givenName,givenName', { columnNumbers: [3] }],
    ['coreCustomerId,,x', { columnNumbers: [2, 3] }],
    ['givenName', {}],
    ['corecustomerid', { columnNumbers: [1] }],
  ];
  for (const [header, attributes] of cases) {
    assert.throws(
      () => read(`${header}\nC1,x,y\n`),
      (error: Error & { attributes?: object }) => {
        assert.ok(!JSON.stringify([error.message, error.attributes]).includes('123-45-6789'));
        assert.deepEqual({ ...error.attributes, ...attributes }, error.attributes);
        return 'type' in error && error.type === 'badRequest';
      },
      header,
    );
  }
  assert.equal(read('coreCustomerId,branch\nC1,x\n', { ignoreColumns: ['branch'] }).length, 1);
});

test('binary files and empty ones are refused as such', () => {
  const zip = Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0]);
  const utf16 = Buffer.from('\ufeffcoreCustomerId\n', 'utf16le');
  for (const file of [zip, utf16, Buffer.alloc(100_000)]) {
    assert.throws(() => read(file), { type: 'unreadableList' });
  }
  for (const file of ['', '\n\n', '\ufeff']) assert.throws(() => read(file), { type: 'badRequest' });
});

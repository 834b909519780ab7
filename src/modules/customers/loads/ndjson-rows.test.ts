import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customerShape, loadFields } from './load-fields.ts';
import { createNdjsonRows } from './ndjson-rows.ts';
import { malformedCell } from './row-shape.ts';

function read(text: string | Uint8Array, ignoreColumns: readonly string[] = []) {
  const parser = createNdjsonRows({ shape: customerShape([]), ignoreColumns });
  return [...parser.push(Buffer.from(text)), ...parser.end()];
}

const field = (name: (typeof loadFields)[number]) => loadFields.indexOf(name);

test('absent keeps, null clears, accounts are a list, a year may be a number', () => {
  const [row] = read('{"coreCustomerId":"C1","givenName":null,"accountNumbers":["1","2"],"birthYear":1980}\r\n');
  assert.equal(row?.key, 'C1');
  assert.equal(row?.cells[field('givenName')], null);
  assert.equal(row?.cells[field('familyName')], undefined);
  assert.deepEqual(row?.cells[field('accountNumbers')], ['1', '2']);
  assert.equal(row?.cells[field('birthYear')], '1980');
});

test('true and false, and what is to be ignored', () => {
  const [row] = read('{"coreCustomerId":"C1","consentSms":true,"consentMail":"false","consentEmail":1,"branch":"x"}', [
    'branch',
  ]);
  const cells = (['consentSms', 'consentMail', 'consentEmail', 'branch'] as const).map(
    (name) => row?.cells[field(name)],
  );
  assert.deepEqual(cells, ['true', 'false', malformedCell, undefined]);
});

test('an identifier that is a number, an object or a list of numbers is malformed: its zeros are lost', () => {
  const [row] = read('{"coreCustomerId":"C1","taxIdNumber":12345678,"accountNumbers":[1],"username":{}}');
  for (const name of ['taxIdNumber', 'accountNumbers', 'username'] as const) {
    assert.equal(row?.cells[field(name)], malformedCell);
  }
  assert.equal(read('{"coreCustomerId":17}')[0]?.key, malformedCell);
});

test('a line that is no object is refused by its number; blank lines are no rows', () => {
  const rows = read('{"coreCustomerId":"C1"}\n\n[1]\n{"coreCustomerId":\n"text"\nnull\n{}');
  assert.deepEqual(
    rows.map((row) => [row.lineNumber, row.refusal]),
    [
      [1, undefined],
      [3, 'invalidJson'],
      [4, 'invalidJson'],
      [5, 'invalidJson'],
      [6, 'invalidJson'],
      [7, undefined],
    ],
  );
  const encoded = Buffer.concat([
    Buffer.from('{"coreCustomerId":"C1","givenName":"'),
    Buffer.from([0xe9]),
    Buffer.from('"}'),
  ]);
  assert.deepEqual([read(encoded)[0]?.key, read(encoded)[0]?.refusal], ['C1', 'invalidEncoding']);
});

test('an unknown member is refused by line number, never by its name', () => {
  for (const name of ['078-05-1120', '__proto__', 'constructor']) {
    assert.throws(
      () => read(`{"coreCustomerId":"C1"}\n{"coreCustomerId":"C2","${name}":"x"}`),
      (error: Error & { attributes?: { recordNumbers?: number[] } }) => {
        assert.deepEqual(error.attributes?.recordNumbers, [2]);
        return !JSON.stringify([error.message, error.attributes]).includes(name);
      },
    );
  }
  assert.equal(read('{"coreCustomerId":"C1","branch":7}', ['branch'])[0]?.refusal, undefined);
});

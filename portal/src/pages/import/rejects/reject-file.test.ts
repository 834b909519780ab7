import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RejectShape, RejectWriter, type WantedLine } from './reject-file.ts';

/** The file that is made of `text`, whatever pieces it comes in. */
function made(text: string | Uint8Array, shape: RejectShape, wanted: WantedLine[], pieceBytes = 3) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  let file = '';
  const writer = new RejectWriter(shape, wanted, (part) => {
    file += part;
  });
  for (let at = 0; at < bytes.length; at += pieceBytes) writer.push(bytes.slice(at, at + pieceBytes));
  return { ...writer.end(), rows: file.split('\r\n').slice(0, -1) };
}

const plain = { identifierType: 'taxIdNumber', hasHeader: false, hasColumns: false };
const wide = { identifierType: 'taxIdNumber', hasHeader: true, hasColumns: true };
const unmatched = (recordNumber: number) => ({ recordNumber, outcome: 'unmatched', reason: '' });

test('one value a line: number, outcome, reason and the value, whatever ends the lines', () => {
  const wanted = [unmatched(2), { recordNumber: 4, outcome: 'invalid', reason: 'multipleValues' }];
  const rows = ['recordNumber,outcome,reason,taxIdNumber', '2,unmatched,,bb', '4,invalid,multipleValues,"d,d"'];
  for (const end of ['\n', '\r\n', '\r']) {
    assert.deepEqual(made(['aa', ' bb,', 'cc', 'd,d', ''].join(end), plain, wanted), {
      lineCount: 4,
      hasAll: true,
      rows,
    });
  }
});

test('columns: the record as it stands, in its own dialect, after the three of the ledger', () => {
  const text = '\ufeffName;Tax ID\r\n"Doe; Jane";1\r\nRoe;2\r\n';
  const { rows, lineCount } = made(text, wide, [unmatched(2), unmatched(3)]);
  assert.deepEqual(rows, [
    'recordNumber;outcome;reason;Name;Tax ID',
    '2;unmatched;;"Doe; Jane";1',
    '3;unmatched;;Roe;2',
  ]);
  assert.equal(lineCount, 3);
});

test('a quoted line break belongs to its record; a stray quote stays alone', () => {
  const text = 'a,b\n"x\ny",1\n"z,2\nw,3\n';
  const wanted = [unmatched(2), { recordNumber: 4, outcome: 'invalid', reason: 'unclosedQuote' }, unmatched(5)];
  assert.deepEqual(made(text, wide, wanted).rows, [
    'recordNumber,outcome,reason,a,b',
    '2,unmatched,,"x\ny",1',
    '4,invalid,unclosedQuote,"""z,2"',
    '5,unmatched,,w,3',
  ]);
});

test('UTF-16 and Windows-1252 become UTF-8', () => {
  const utf16 = Uint8Array.of(0xff, 0xfe, 0xf6, 0, 0x0a, 0, 0x41, 0);
  assert.deepEqual(made(utf16, plain, [unmatched(1), unmatched(2)]).rows.slice(1), [
    '1,unmatched,,ö',
    '2,unmatched,,A',
  ]);
  assert.deepEqual(made(Uint8Array.of(0xf6, 0x0a), plain, [unmatched(1)]).rows.slice(1), ['1,unmatched,,ö']);
});

test('a list in another charset becomes UTF-8 by the name of it', () => {
  const mac = made(Uint8Array.of(0x8e, 0x0a), { ...plain, charset: 'macintosh' }, [unmatched(1)], 1);
  assert.deepEqual(mac.rows.slice(1), ['1,unmatched,,é']);
});

test('a line that the file does not have is told', () => {
  assert.equal(made('a\nb\n', plain, [unmatched(1), unmatched(9)]).hasAll, false);
});

test('without a header, lines before the first record say nothing of the delimiter', () => {
  const text = '\n1;2\n3;4\n';
  assert.deepEqual(made(text, { ...wide, hasHeader: false }, [unmatched(3)]).rows, ['3;unmatched;;3;4']);
});

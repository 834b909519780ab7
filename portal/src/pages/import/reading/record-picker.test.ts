import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ListShape, RecordPicker } from './record-picker.ts';

function picked(text: string, shape: ListShape, numbers: readonly number[]) {
  const records: [number, string][] = [];
  const picker = new RecordPicker(
    shape,
    numbers.map((recordNumber) => ({ recordNumber })),
    { onRecord: ({ recordNumber }, record) => records.push([recordNumber, record]) },
  );
  picker.push(new TextEncoder().encode(text));
  const wasDone = picker.isDone;
  return { records, wasDone, ...picker.end() };
}

test('lines are picked by their numbers, blank ones too', () => {
  const plain = { hasHeader: false, hasColumns: false };
  const { records, lineCount } = picked('a\n\n"b\nc\n', plain, [2, 3]);
  assert.deepEqual(records, [
    [2, ''],
    [3, '"b'],
  ]);
  assert.equal(lineCount, 4);
});

test('a record is picked with all its lines, and nothing is waited for after the last one', () => {
  const wide = { hasHeader: true, hasColumns: true };
  assert.deepEqual(picked('a,b\n"x\ny",1\nz,2\n', wide, [2]).records, [[2, '"x\ny",1']]);
  assert.equal(picked('a,b\nz,2\nw,3\n', wide, [2]).wasDone, true);
  assert.equal(picked('a,b\nz,2\n', wide, [2, 9]).wasDone, false);
});

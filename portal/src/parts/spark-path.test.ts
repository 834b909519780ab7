import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOf, sparkPath } from './spark-path.ts';

const frame = { width: 70, height: 20, from: 0, to: 700 };

test('a size holds until the next one, and the last until now', () => {
  const sizes = [
    { at: 0, count: 100 },
    { at: 350, count: 300 },
    { at: 525, count: 200 },
  ];
  assert.equal(sparkPath(sizes, frame), 'M0 20H35V0H52.5V10H70');
  assert.equal(changeOf(sizes), 100);
});

test('a size from before begins the line at its edge', () => {
  const sizes = [
    { at: -900, count: 5 },
    { at: 700, count: 4 },
  ];
  assert.equal(sparkPath(sizes, frame), 'M0 0H70V20H70');
  assert.equal(changeOf(sizes), -1);
});

test('one size is a line in the middle, none is no line', () => {
  assert.equal(sparkPath([{ at: 10, count: 7 }], frame), 'M0 10H70');
  assert.equal(sparkPath([], frame), '');
  assert.equal(changeOf([]), 0);
});

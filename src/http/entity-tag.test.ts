import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkIfMatch, entityTag, isNotModified } from './entity-tag.ts';

const tag = entityTag(['0399abedfd3d5e10c2aa', 7]);

test('a tag is strong, quoted, and tells its parts apart', () => {
  assert.match(tag, /^"[A-Za-z0-9_-]{22}"$/);
  assert.notEqual(tag, entityTag(['0399abedfd3d5e10c2aa', 8]));
  assert.notEqual(entityTag(['a', 'bc']), entityTag(['ab', 'c']));
});

test('If-Match: absent 428, another tag 412, weak never, list and * pass', () => {
  assert.throws(() => checkIfMatch({ headers: {} }, tag), { type: 'preconditionRequired' });
  assert.doesNotThrow(() => checkIfMatch({ headers: {} }, tag, { optional: true }));
  for (const header of ['"other"', `W/${tag}`, tag.slice(1, -1), '']) {
    const request = { headers: { 'if-match': header } };
    assert.throws(() => checkIfMatch(request, tag, { optional: true }), { type: 'preconditionFailed' }, header);
  }
  for (const header of [tag, `"other", ${tag}`, ' * ']) {
    assert.doesNotThrow(() => checkIfMatch({ headers: { 'if-match': header } }, tag), header);
  }
});

test('If-None-Match compares weakly', () => {
  assert.equal(isNotModified({ headers: {} }, tag), false);
  assert.equal(isNotModified({ headers: { 'if-none-match': '"other"' } }, tag), false);
  for (const header of [tag, `W/${tag}`, `"a,b", ${tag}`, '*']) {
    assert.equal(isNotModified({ headers: { 'if-none-match': header } }, tag), true, header);
  }
});

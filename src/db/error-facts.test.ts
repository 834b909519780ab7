import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseErrorCode, databaseErrorFacts } from './error-facts.ts';

const refused = Object.assign(new Error('duplicate key value violates "x"'), {
  code: '23505',
  severity: 'ERROR',
  schema: 'public',
  table: 'audience',
  constraint: 'audience_name_key',
  detail: 'Key (name_key)=(123-45-6789) already exists.',
  where: 'COPY list, line 1: "123-45-6789"',
  hint: '123-45-6789',
  routine: '_bt_check_unique',
});

test('names of the schema are told, what quotes values is not', () => {
  assert.deepEqual(databaseErrorFacts(refused), {
    code: '23505',
    severity: 'ERROR',
    schema: 'public',
    table: 'audience',
    constraint: 'audience_name_key',
    routine: '_bt_check_unique',
  });
});

test('the database error is found along the causes, a cycle ends', () => {
  assert.equal(databaseErrorCode(new Error('outer', { cause: new Error('inner', { cause: refused }) })), '23505');
  const cycle: { cause?: unknown } = {};
  cycle.cause = cycle;
  assert.equal(databaseErrorFacts(cycle), undefined);
});

test('other errors have no facts', () => {
  for (const error of [undefined, null, 'text', new Error('plain'), Object.assign(new Error(''), { code: 'ERR_X' })]) {
    assert.equal(databaseErrorFacts(error), undefined);
  }
});

test('a lost connection has its system code', () => {
  assert.deepEqual(databaseErrorFacts(Object.assign(new Error('connect 10.0.0.1'), { code: 'ECONNREFUSED' })), {
    code: 'ECONNREFUSED',
  });
});

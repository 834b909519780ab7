import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageRoot } from '../../src/lib/package-root.ts';
import { rights } from '../../src/modules/access/index.ts';

/** OWASP ASVS 5.0: the requirements of levels 1 and 2, by section: so many, from 1 on. */
const requirements: Readonly<Record<string, number>> = {
  '6.1': 3,
  '6.2': 12,
  '6.3': 4,
  '6.4': 4,
  '6.5': 5,
  '6.6': 3,
  '6.8': 4,
  '7.1': 3,
  '7.2': 4,
  '7.3': 2,
  '7.4': 5,
  '7.5': 2,
  '7.6': 2,
  '8.1': 2,
  '8.2': 3,
  '8.3': 1,
  '8.4': 1,
  '9.1': 3,
  '9.2': 4,
  '10.1': 2,
  '10.2': 2,
  '10.3': 4,
  '10.4': 11,
  '10.5': 5,
  '10.6': 2,
  '10.7': 3,
  '14.1': 2,
  '14.2': 4,
  '14.3': 3,
  '16.1': 1,
  '16.2': 5,
  '16.3': 4,
  '16.4': 3,
  '16.5': 3,
};
const risks = Array.from({ length: 10 }, (_none, index) => `API${index + 1}`);
const statuses = ['met', 'partly', 'gap', 'deviation', 'not applicable'];

const asvs = pageOf('docs/security/asvs.md');
const topTen = pageOf('docs/security/api-top-10.md');
const mapped = rowsOf(asvs).filter(([first = '']) => /^\d+\.\d+\.\d+$/.test(first));

test('every requirement of the standard stands in the mapping once', () => {
  const expected = Object.entries(requirements).flatMap(([section, last]) =>
    Array.from({ length: last }, (_none, index) => `${section}.${index + 1}`),
  );
  assert.equal(expected.length, 121);
  assert.deepEqual(mapped.map(([number]) => number).toSorted(), expected.toSorted());
  const listed = rowsOf(topTen).flatMap(([first = '']) => (first.startsWith('API') ? [first] : []));
  assert.deepEqual(listed, risks);
});

test('each row has a test, a page or a reason', () => {
  for (const [number, , status = '', ground = ''] of mapped) {
    assert.ok(statuses.includes(status), `${number}: ${status}`);
    assert.notEqual(ground, '', `${number}: nothing stands there`);
    if (status === 'met') assert.match(ground, /\.test\.ts` "|\]\(/, `${number}: neither a test nor a page`);
  }
  for (const row of rowsOf(topTen).filter(([first = '']) => first.startsWith('API'))) {
    assert.ok(testsIn(row.join('|')).length > 0, `${row[0]}: no test`);
  }
});

test('the gaps at the top are the rows that say so, and the sum is right', () => {
  const gaps = rowsOf(asvs.slice(asvs.indexOf('## Gaps'), asvs.indexOf('## V6')));
  const named = gaps.flatMap(([, numbers = '']) => numbers.match(/\d+\.\d+\.\d+/g) ?? []);
  const open = mapped.filter(([, , status = '']) => status === 'partly' || status === 'gap').map(([number]) => number);
  assert.deepEqual(named.toSorted(), open.toSorted());
  const countOf = (status: string) => mapped.filter(([, , one]) => one === status).length;
  const [met, partly, gap, deviation, absent] = statuses.map(countOf);
  assert.ok(
    asvs.includes(
      `Of 121: ${met} met, ${partly} partly, ${gap} gaps, ${deviation} deviations, ${absent} not applicable.`,
    ),
  );
});

test('every test that is named is there', () => {
  const named = [...testsIn(asvs), ...testsIn(topTen)];
  assert.ok(named.length > 100);
  const missing = named.filter(({ file, name }) => !hasTest(file, name));
  assert.deepEqual(missing, []);
  const files = [...pageOf('docs/security.md').matchAll(/`((?:test|src)\/[^`]+\.ts)`/g)].map(([, file = '']) => file);
  assert.deepEqual(
    files.filter((file) => !existsSync(join(packageRoot(), file))),
    [],
  );
});

test('the table of rights is that of the code', () => {
  const documented = rowsOf(sectionOf(pageOf('docs/security.md'), 'Roles and rights'))
    .slice(2)
    .map(([right, scope, roles]) => ({ right, scope, roles }));
  const coded = Object.entries(rights).map(([right, rule]) => ({
    right: `\`${right}\``,
    scope: `\`${rule.scope}\``,
    roles: rule.roles.join(', '),
  }));
  assert.deepEqual(documented, coded);
});

function pageOf(path: string): string {
  return readFileSync(join(packageRoot(), path), 'utf8');
}

function sectionOf(page: string, heading: string): string {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  return section.split('\n## ')[0] ?? '';
}

/** The cells of each row of each table, with those of the head. */
function rowsOf(page: string): readonly (readonly string[])[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** What is written as a file in backticks and a part of a test's name in quotes. */
function testsIn(text: string): readonly { readonly file: string; readonly name: string }[] {
  return Array.from(text.matchAll(/`((?:test|src)\/[^`]+\.test\.ts)` "([^"]+)"/g), ([, file = '', name = '']) => ({
    file,
    name,
  }));
}

/** Whether a line of the file begins a test of such a name. */
function hasTest(file: string, name: string): boolean {
  const path = join(packageRoot(), file);
  if (!existsSync(path)) return false;
  return readFileSync(path, 'utf8')
    .split('\n')
    .some((line) => /^\s*test\(/.test(line) && line.includes(name));
}

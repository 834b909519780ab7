import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFiles } from './source-files.ts';

const fileLinesMax = 400;
const functionLinesMax = 70;
/** A plugin that declares routes is a table, read by entry; its handlers are functions of their own. */
const routeTableLinesMax = 150;

const files = sourceFiles('{src,scripts,test,bench,examples,portal}/**/*.{ts,tsx}').filter(
  // Made from openapi.json.
  ({ path }) => !path.includes('node_modules') && path !== 'portal/src/api/schema.d.ts',
);
const program = files.filter(({ path }) => !path.startsWith('test/') && !path.endsWith('.test.ts'));

test('there are files to look at', () => {
  assert.ok(files.length > 100);
});

test(`no file has over ${fileLinesMax} lines`, () => {
  const long = files.filter(({ lines }) => lines.length - 1 > fileLinesMax);
  assert.deepEqual(
    long.map(({ path, lines }) => `${path}: ${lines.length - 1}`),
    [],
  );
});

test(`no function has over ${functionLinesMax} lines, no table of routes over ${routeTableLinesMax}`, () => {
  const linesMax = (line = '') => (/^ {2}async \(app\) => \{$/.test(line) ? routeTableLinesMax : functionLinesMax);
  const long = program.flatMap(({ path, lines }) =>
    functionsOf(lines)
      .filter(({ line, length }) => length > linesMax(lines[line - 1]))
      .map(({ line, length }) => `${path}:${line}: ${length}`),
  );
  assert.deepEqual(long, []);
});

test('names are kebab-case', () => {
  const odd = files.filter(
    ({ path }) =>
      !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)+[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.e2e|\.worker|\.config|\.d)?\.tsx?$/.test(
        path,
      ),
  );
  assert.deepEqual(
    odd.map(({ path }) => path),
    [],
  );
});

test('nothing is left for later, skipped or switched off in silence', () => {
  const marks = [
    ['TO', 'DO'].join(''),
    ['FIX', 'ME'].join(''),
    '@ts-ignore',
    '@ts-expect-error',
    '@ts-nocheck',
    'test.only(',
  ];
  for (const { path, text } of files) {
    for (const mark of marks)
      if (path !== 'test/rules/layout.test.ts') assert.ok(!text.includes(mark), `${path}: ${mark}`);
  }
});

test('a function of the source is measured from its first line to its last', () => {
  const lines = [
    'function a(',
    '  b: string,',
    '): void {',
    '  if (b) {',
    '  }',
    '}',
    'const c = () => {',
    '};',
    'const d = 1;',
  ];
  assert.deepEqual(functionsOf(lines), [
    { line: 1, length: 6 },
    { line: 7, length: 2 },
  ]);
});

/**
 * Functions and methods with a body of several lines. The formatter puts the closing brace at the indentation of the
 * line on which the function begins, so that no parser is needed.
 */
function functionsOf(lines: readonly string[]): { line: number; length: number }[] {
  const found: { line: number; length: number }[] = [];
  for (const [start, line] of lines.entries()) {
    if (!beginsFunction(line)) continue;
    const indent = /^\s*/.exec(line)?.[0] ?? '';
    const end = lines.findIndex(
      (other, index) => index > start && new RegExp(`^${indent}\\}[;,)]*`).test(other) && !/^\s*\}[: ]/.test(other),
    );
    if (end !== -1) found.push({ line: start + 1, length: end - start + 1 });
  }
  return found;
}

function beginsFunction(line: string): boolean {
  if (/^\s*(?:\/\/|\*|\/\*)/.test(line)) return false;
  if (/^\s*(?:export )?(?:async )?function\b/.test(line)) return true;
  if (/=> \{$/.test(line)) return true;
  return (
    /^\s+(?:async |static |get |set |\*)*[\w#[\].]+\(.*\).*\{$/.test(line) &&
    !/^\s*(?:if|for|while|switch|catch|return|await)\b/.test(line)
  );
}

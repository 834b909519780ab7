import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SourceFile, sourceFiles } from './source-files.ts';

const files = sourceFiles('src/**/*.ts').filter(({ path }) => !path.endsWith('.test.ts'));
const byPath = new Map(files.map((file) => [file.path, file]));

/** What each layer may import besides itself: dependencies run one way (docs/architecture.md). */
const allowed: Readonly<Record<string, readonly string[]>> = {
  main: ['cli', 'lib'],
  cli: ['app', 'config', 'http', 'modules', 'db', 'jobs', 'crypto', 'lib'],
  app: ['config', 'http', 'modules', 'db', 'jobs', 'crypto', 'lib'],
  http: ['modules', 'db', 'lib'],
  modules: ['http', 'db', 'jobs', 'crypto', 'lib'],
  jobs: ['db', 'lib'],
  crypto: ['db', 'lib'],
  db: ['lib'],
  config: ['lib'],
  lib: [],
};

/** Of modules, the HTTP layer knows only who calls and what a command is. */
const modulesOfHttp = ['src/modules/access/index.ts', 'src/modules/commands/index.ts'];

function layerOf(path: string): string {
  return /^src\/([^/.]+)/.exec(path)?.[1] ?? path;
}

function moduleOf(path: string): string | undefined {
  return /^src\/modules\/([^/]+)\//.exec(path)?.[1];
}

function broken(rule: (file: SourceFile, imported: string) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports.filter((imported) => rule(file, imported)).map((imported) => `${file.path} imports ${imported}`),
  );
}

test('there is source, and its imports are found', () => {
  assert.ok(files.length > 50);
  assert.ok(byPath.get('src/app.ts')?.imports.includes('src/http/authentication.ts'));
  assert.ok(byPath.get('src/app.ts')?.packages.includes('fastify'));
});

test('every import leads to a file', () => {
  assert.deepEqual(
    broken((_file, imported) => !byPath.has(imported) && imported.endsWith('.ts')),
    [],
  );
});

test('dependencies run one way', () => {
  const wrong = broken(({ path }, imported) => {
    const [from, to] = [layerOf(path), layerOf(imported)];
    return from !== to && !(allowed[from] ?? []).includes(to);
  });
  assert.deepEqual(wrong, []);
});

test('a module is entered by its index.ts; app.ts also names its routes and jobs', () => {
  const wrong = broken(({ path }, imported) => {
    const target = moduleOf(imported);
    if (target === undefined || target === moduleOf(path)) return false;
    if (/\/index\.ts$/.test(imported)) return false;
    return !(path === 'src/app.ts' && /-(?:routes|jobs)\.ts$/.test(imported));
  });
  assert.deepEqual(wrong, []);
});

test('the HTTP layer knows no module but access and commands', () => {
  const wrong = broken(
    ({ path }, imported) =>
      layerOf(path) === 'http' && moduleOf(imported) !== undefined && !modulesOfHttp.includes(imported),
  );
  assert.deepEqual(wrong, []);
});

test('of the server, the portal takes what list-text has, which runs in a browser', () => {
  // Tests hold what the portal repeats (rights of a role, kinds of findings) against the server.
  const portal = sourceFiles('portal/src/**/*.{ts,tsx}').filter(({ path }) => !path.endsWith('.test.ts'));
  const ofServer = portal.flatMap(({ path, imports }) =>
    imports.filter((imported) => imported.startsWith('src/')).map((imported) => `${path} imports ${imported}`),
  );
  assert.ok(ofServer.length > 3);
  assert.deepEqual(
    ofServer.filter((line) => !line.includes(' imports src/lib/list-text/')),
    [],
  );
  const shared = files.filter(({ path }) => path.startsWith('src/lib/list-text/'));
  assert.ok(shared.length > 3);
  for (const { path, imports, packages } of shared) {
    assert.deepEqual(packages, [], path);
    assert.ok(
      imports.every((imported) => imported.startsWith('src/lib/list-text/')),
      path,
    );
  }
});

test('there are no cycles', () => {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    if (done.has(path) || trail.includes(path)) return;
    for (const imported of byPath.get(path)?.imports ?? []) visit(imported, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  assert.deepEqual(cycles, []);
});

test('what worker threads import is light: no index.ts reaches Fastify', () => {
  const reaches = (path: string, seen: Set<string>): string | undefined => {
    if (seen.has(path)) return undefined;
    seen.add(path);
    const file = byPath.get(path);
    const heavy = file?.text.match(/^import (?!type )[^;]*from '(fastify|@fastify\/[^']*)';$/m);
    if (heavy !== null && heavy !== undefined) return path;
    // Types are erased: only values make a module heavy.
    const values = [...(file?.text.matchAll(/^(?:import|export) (?!type )[^;]*? from '(\.[^']*)';$/gm) ?? [])].map(
      ([, name = '']) => name,
    );
    for (const name of values) {
      const imported = file?.imports.find((candidate) => candidate.endsWith(name.replace(/^(\.\.?\/)+/, '/')));
      const found = imported === undefined ? undefined : reaches(imported, seen);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const indexes = files.filter(({ path }) => /^src\/modules\/[^/]+\/(?:[^/]+\/)?index\.ts$/.test(path));
  assert.ok(indexes.length > 5);
  for (const { path } of indexes) assert.equal(reaches(path, new Set()), undefined, `${path} reaches Fastify`);
});

test('only config.ts reads the environment', () => {
  // The worker that prepares a database passes the environment on, unread.
  const passesOn = ['src/config.ts', 'src/db/embedded/data-directory.ts'];
  const readers = files.filter(({ path, text }) => /process\.env\b/.test(text) && !passesOn.includes(path));
  assert.deepEqual(
    readers.map(({ path }) => path),
    [],
  );
});

test('SQL stands in stores and in src/db only', () => {
  const mayHoldSql = ({ path }: SourceFile) => /^src\/db\//.test(path) || /-store\.ts$/.test(path);
  const holdsSql = ({ text }: SourceFile) =>
    /^import (?!type )[^;]*from '(kysely|pg|pg-copy-streams)';$/m.test(text) ||
    /\b(?:tx|client)\.(?:client\.)?query\b|\.(?:selectFrom|insertInto|updateTable|deleteFrom)\(/.test(text);
  const found = files.filter((file) => holdsSql(file) && !mayHoldSql(file)).map(({ path }) => path);
  // The door of the job library, which brings its own statements.
  assert.deepEqual(found, ['src/jobs/jobs.ts']);
});

test('there are no default exports, and no casts outside src/lib', () => {
  const isCode = (line: string) => !/^\s*(?:\/\/|\*|\/\*)|^import |^export (?:type )?[{*]/.test(line);
  for (const { path, text } of files) {
    assert.doesNotMatch(text, /^export default\b/m, path);
    if (path.startsWith('src/lib/')) continue;
    for (const [index, line] of withoutText(text).split('\n').entries()) {
      if (isCode(line)) assert.doesNotMatch(line, /[\w)\]}>] as (?!const\b)[A-Za-z{[]/, `${path}:${index + 1}`);
    }
  }
});

/** The program without what stands in quotes; its lines keep their numbers. */
function withoutText(text: string): string {
  return text
    .replace(/`[^`]*`/g, (quoted) => quoted.replace(/[^\n]/g, ''))
    .replace(/'(?:[^'\\\n]|\\.)*'/g, '')
    .replace(/\/\/.*$/gm, '');
}

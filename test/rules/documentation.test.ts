import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { settingsSchema } from '../../src/config.ts';
import { packageRoot } from '../../src/lib/package-root.ts';

const root = packageRoot();
const pages = globSync(['*.md', '{docs,examples,bench}/**/*.md'], { cwd: root });

test('there are pages to look at', () => {
  assert.ok(pages.includes('README.md'));
});

test('docs/operations/configuration.md names every setting, and no other', () => {
  const page = readFileSync(join(root, 'docs/operations/configuration.md'), 'utf8');
  const documented = [...page.matchAll(/^\| `(ROLLCALL_[A-Z_]+)`/gm)].map(([, name]) => name);
  assert.deepEqual(documented.toSorted(), Object.keys(settingsSchema.properties).toSorted());
});

test('docs/operations/configuration.md says which settings are secret, and their defaults', () => {
  const page = readFileSync(join(root, 'docs/operations/configuration.md'), 'utf8');
  for (const [name, schema] of Object.entries(settingsSchema.properties)) {
    const [, secret, cell = ''] = new RegExp(`^\\| \`${name}\`( \\(secret\\))? \\|(.*?)\\|`, 'm').exec(page) ?? [];
    assert.equal(secret !== undefined, 'secret' in schema, `${name}: secret`);
    const value = cell.trim();
    // The number of threads depends on the machine: the page says how.
    if (name === 'ROLLCALL_READING_WORKERS') continue;
    const expected = 'default' in schema ? `\`${schema.default}\`` : '';
    assert.ok(value === expected || value.startsWith(`${expected} (`), `${name}: the default is ${expected}`);
  }
});

test('links between pages lead somewhere', () => {
  const broken = pages.flatMap((page) =>
    linksOf(page)
      .filter((link) => !isThere(page, link))
      .map((link) => `${page}: ${link}`),
  );
  assert.deepEqual(broken, []);
});

/** Targets of inline links that stay in the repository. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link) && !link.startsWith('/'));
}

function isThere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(root, join(root, dirname(page), path));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

/** The anchors that a public code host gives to headings. */
function anchorsOf(page: string): string[] {
  const headings = readFileSync(join(root, page), 'utf8').matchAll(/^#+ (.+)$/gm);
  return Array.from(headings, ([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );
}

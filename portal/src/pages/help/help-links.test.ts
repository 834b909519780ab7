import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findTitles, type HelpKind, headingId, helpLink, kinds, splitDocument } from './help-links.ts';

const docs = join(import.meta.dirname, '..', '..', '..', '..', 'docs');

test('documents lead to each other', () => {
  assert.deepEqual(helpLink('people.md#passwords', { from: 'guides' }), {
    to: 'document',
    kind: 'guides',
    name: 'people',
    hash: 'passwords',
  });
  assert.deepEqual(helpLink('../problems/notFound.md', { from: 'guides' }), {
    to: 'document',
    kind: 'problems',
    name: 'notFound',
    hash: '',
  });
  assert.deepEqual(helpLink('#step', { from: 'guides' }), { to: 'heading', hash: 'step' });
});

test('what is not shown here is no link, nor is a script', () => {
  assert.deepEqual(helpLink('../decisions/0037-accounts-by-owner.md', { from: 'guides' }), { to: 'nowhere' });
  assert.deepEqual(helpLink('../../src/app.ts', { from: 'guides' }), { to: 'nowhere' });
  assert.deepEqual(helpLink('javascript:alert(1)', { from: 'guides' }), { to: 'nowhere' });
});

test('every link between documents leads to a heading that is there', () => {
  for (const path of globSync('{guides,operations,problems}/*.md', { cwd: docs })) {
    const [kind] = path.split('/');
    const from = kinds.find((known) => known === kind) ?? assert.fail(path);
    const text = readFileSync(join(docs, path), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
    for (const [, href = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const link = helpLink(href, { from });
      if (link.to === 'document') assertHeading({ ...link, path, href });
    }
  }
});

function assertHeading(link: { kind: HelpKind; name: string; hash: string; path: string; href: string }) {
  const text = readFileSync(join(docs, link.kind, `${link.name}.md`), 'utf8');
  const ids = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => headingId(heading.replaceAll('`', '')));
  if (link.hash !== '') assert.ok(ids.includes(link.hash), `${link.path}: ${link.href}`);
}

test('a heading has the anchor that a repository gives it', () => {
  assert.equal(headingId('upsert and replace'), 'upsert-and-replace');
  assert.equal(headingId("On the server's machine"), 'on-the-servers-machine');
});

test('every typed word is in the title or the name', () => {
  const titles = [
    { kind: 'problems', name: 'notFound', title: 'There is nothing here' },
    { kind: 'guides', name: 'people', title: 'People: who signs in' },
  ] as const;
  assert.deepEqual(
    findTitles(titles, 'SIGN people').map(({ name }) => name),
    ['people'],
  );
  assert.deepEqual(
    findTitles(titles, 'notfound').map(({ name }) => name),
    ['notFound'],
  );
  assert.equal(findTitles(titles, '').length, 2);
});

test('the first heading is the title', () => {
  assert.deepEqual(splitDocument('# A title\n\nWords.\n'), { title: 'A title', body: '\nWords.\n' });
});

export const kinds = ['guides', 'problems', 'operations'] as const;
export type HelpKind = (typeof kinds)[number];

export interface HelpTitle {
  readonly kind: HelpKind;
  readonly name: string;
  readonly title: string;
}

export type HelpLink =
  | { readonly to: 'document'; readonly kind: HelpKind; readonly name: string; readonly hash: string }
  | { readonly to: 'heading'; readonly hash: string }
  | { readonly to: 'outside'; readonly href: string }
  /** A file of the repository that is not shown here: its words stand, without a link. */
  | { readonly to: 'nowhere' };

/** Where a link of a document leads here. The documents name each other by their files, as a repository shows them. */
export function helpLink(href: string, { from }: { from: HelpKind }): HelpLink {
  if (/^https?:\/\//.test(href)) return { to: 'outside', href };
  if (href.startsWith('#')) return { to: 'heading', hash: href.slice(1) };
  const [, folder = from, name, hash = ''] = /^(?:\.\.\/([a-z]+)\/)?([\w-]+)\.md(?:#(.*))?$/.exec(href) ?? [];
  const kind = kinds.find((known) => known === folder);
  return kind === undefined || name === undefined ? { to: 'nowhere' } : { to: 'document', kind, name, hash };
}

/** The anchor of a heading, as repositories make it. */
export function headingId(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** Those of whose title, or name, every word that was typed is a part. */
export function findTitles(titles: readonly HelpTitle[], search: string): readonly HelpTitle[] {
  const words = search.toLowerCase().split(/\s+/);
  return titles
    .filter(({ title, name }) => words.every((word) => `${title} ${name}`.toLowerCase().includes(word)))
    .sort((left, right) => left.title.localeCompare(right.title));
}

/** The first heading apart from what follows it. */
export function splitDocument(markdown: string): { readonly title: string; readonly body: string } {
  const [, title = '', body = markdown] = /^# (.+)\n([\s\S]*)$/.exec(markdown) ?? [];
  return { title, body };
}

import type { HelpKind } from './help-links.ts';

type Load = () => Promise<string>;

/** Each document is a file of its own, fetched when it is read. */
const documents: Readonly<Record<string, Load>> = {
  ...import.meta.glob<string>('../../../../docs/guides/*.md', { query: '?raw', import: 'default' }),
  ...import.meta.glob<string>('../../../../docs/operations/*.md', { query: '?raw', import: 'default' }),
  ...import.meta.glob<string>('../../../../docs/problems/*.md', { query: '?raw', import: 'default' }),
};

/** @returns the Markdown, or nothing where there is no such document */
export async function readDocument(kind: HelpKind, name: string): Promise<string | null> {
  return (await documents[`../../../../docs/${kind}/${name}.md`]?.()) ?? null;
}

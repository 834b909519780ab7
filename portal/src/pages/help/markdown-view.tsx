import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import Markdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { Link } from '../../parts/link.tsx';
import classes from './help.module.css';
import { type HelpKind, headingId, helpLink } from './help-links.ts';
import { text } from './text.ts';

/** A document of the repository. Raw HTML in it is not rendered. */
export function MarkdownView({ kind, body }: { kind: HelpKind; body: string }) {
  return (
    <article className={classes.document}>
      <Markdown skipHtml remarkPlugins={[remarkGfm]} components={componentsFor(kind)}>
        {body}
      </Markdown>
    </article>
  );
}

function componentsFor(from: HelpKind): Components {
  return {
    a: ({ href = '', children }) => <DocumentLink from={from} href={href} words={children} />,
    h2: ({ children }) => <h2 id={headingId(wordsOf(children))}>{children}</h2>,
    h3: ({ children }) => <h3 id={headingId(wordsOf(children))}>{children}</h3>,
    // What is wider than the column scrolls, by the keyboard, too.
    pre: ({ children }) => (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
      <pre tabIndex={0}>{children}</pre>
    ),
    table: ({ children }) => (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
      <section className={classes.wide} aria-label={text.table} tabIndex={0}>
        <table>{children}</table>
      </section>
    ),
  };
}

function DocumentLink({ from, href, words }: { from: HelpKind; href: string; words: ReactNode }) {
  const link = helpLink(href, { from });
  if (link.to === 'nowhere') return words;
  if (link.to === 'document') {
    const { kind, name, hash } = link;
    return (
      <Link to="/help/$kind/$name" params={{ kind, name }} underline="always" {...(hash === '' ? {} : { hash })}>
        {words}
      </Link>
    );
  }
  if (link.to === 'heading')
    return (
      <Link to="." hash={link.hash} underline="always">
        {words}
      </Link>
    );
  return (
    <Anchor href={link.href} rel="noreferrer" underline="always">
      {words}
    </Anchor>
  );
}

/** The plain words of a heading, code in it included. */
function wordsOf(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node);
  if (Array.isArray(node)) return node.map(wordsOf).join('');
  if (typeof node === 'object' && node !== null && 'props' in node) {
    const { props } = node;
    return typeof props === 'object' && props !== null && 'children' in props ? wordsOf(childOf(props)) : '';
  }
  return '';
}

function childOf({ children }: { children?: unknown }): ReactNode {
  return typeof children === 'string' || Array.isArray(children) ? children : null;
}

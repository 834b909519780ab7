import { Typography } from '@mantine/core';
import type { ReactNode } from 'react';
import Markdown from 'react-markdown';
import classes from './audience.module.css';

/** What somebody wrote about an audience. HTML in it is left out, images too: they would call other hosts. */
export function Description({ markdown }: { markdown: string }) {
  return (
    <Typography className={classes.description}>
      <Markdown skipHtml disallowedElements={['img']} components={{ a: Away, h1: 'h2', h2: 'h3', h3: 'h4' }}>
        {markdown}
      </Markdown>
    </Typography>
  );
}

/** An address that could run something comes without one (react-markdown): it is no link then. */
function Away({ href = '', children }: { href?: string | undefined; children?: ReactNode }) {
  if (href === '') return children;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

import { Typography } from '@mantine/core';
import Markdown from 'react-markdown';
import classes from './audience.module.css';

/** What somebody wrote about an audience. HTML in it is left out, images too: they would call other hosts. */
export function Description({ markdown }: { markdown: string }) {
  return (
    <Typography className={classes.description}>
      <Markdown skipHtml disallowedElements={['img']} components={{ h1: 'h2', h2: 'h3', h3: 'h4' }}>
        {markdown}
      </Markdown>
    </Typography>
  );
}

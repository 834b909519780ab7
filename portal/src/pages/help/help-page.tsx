import { titles } from 'virtual:help-titles';
import { Button, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconApi, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { baseAddress } from '../../api/client.ts';
import { Link } from '../../parts/link.tsx';
import { Page } from '../../parts/page.tsx';
import { EmptyState } from '../../parts/states.tsx';
import classes from './help.module.css';
import { findTitles, type HelpKind, type HelpTitle, kinds } from './help-links.ts';
import { text } from './text.ts';

/** All that there is to read. */
export function HelpPage() {
  const [search, setSearch] = useState('');
  const found = findTitles(titles, search.trim());
  const reference = (
    <Button
      component="a"
      href={`${baseAddress}/docs`}
      variant="default"
      leftSection={<IconApi size={18} stroke={1.7} aria-hidden />}
    >
      {text.reference}
    </Button>
  );
  return (
    <Page title={text.title} lead={text.lead} actions={reference}>
      <Text mb="md">
        <Link to="/help/$kind/$name" params={{ kind: 'guides', name: 'portal' }} td="underline">
          {text.begin}
        </Link>
      </Text>
      <TextInput
        type="search"
        maw={420}
        aria-label={text.search}
        placeholder={text.search}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={({ currentTarget: { value } }) => setSearch(value)}
      />
      {found.length === 0 && <EmptyState title={text.noneTitle} body={text.none} />}
      {kinds.map((kind) => (
        <Group key={kind} kind={kind} titles={found.filter((title) => title.kind === kind)} />
      ))}
    </Page>
  );
}

function Group({ kind, titles: shown }: { kind: HelpKind; titles: readonly HelpTitle[] }) {
  if (shown.length === 0) return null;
  return (
    <Stack component="section" gap="sm" mb="md">
      <div>
        <Title order={2} size="h4">
          {text.kinds[kind].title}
        </Title>
        <Text size="sm" className="quiet">
          {text.kinds[kind].about}
        </Text>
      </div>
      <SimpleGrid
        component="ul"
        cols={{ base: 1, sm: 2, lg: 3 }}
        spacing="xs"
        verticalSpacing={6}
        className={classes.list}
      >
        {shown.map(({ name, title }) => (
          <li key={name}>
            <Link to="/help/$kind/$name" params={{ kind, name }} size="sm">
              {title}
            </Link>
          </li>
        ))}
      </SimpleGrid>
    </Stack>
  );
}

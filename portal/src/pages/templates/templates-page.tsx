import { SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../app/session.tsx';
import { filterTypesQuery } from '../../parts/criteria/filter-types-query.ts';
import { ButtonLink } from '../../parts/link.tsx';
import { Page } from '../../parts/page.tsx';
import { ForbiddenState, LoadingState, ProblemState } from '../../parts/states.tsx';
import { templatesQuery } from '../build/queries.ts';
import type { Template } from '../build/source.ts';
import { TemplateCard } from './template-card.tsx';
import { text } from './text.ts';

/** What criteria can start from: the institution's own templates, and those that come with Rollcall. */
export function TemplatesPage() {
  const may = useMay();
  if (!may('editAudiences')) {
    return (
      <Page title={text.title}>
        <ForbiddenState body={text.forbidden} />
      </Page>
    );
  }
  const build = (
    <ButtonLink to="/build" leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />}>
      {text.build}
    </ButtonLink>
  );
  return (
    <Page title={text.title} lead={text.lead} actions={build}>
      <Templates />
    </Page>
  );
}

function Templates() {
  const types = useQuery(filterTypesQuery);
  const templates = useQuery(templatesQuery);
  const [search, setSearch] = useState('');
  const error = types.error ?? templates.error;
  if (error !== null) return <ProblemState error={error} retry={templates.refetch} />;
  if (types.data === undefined || templates.data === undefined) return <LoadingState />;
  const { items } = templates.data;
  const wanted = search.trim().toLowerCase();
  const found = items.filter(({ name, description = '' }) => `${name} ${description}`.toLowerCase().includes(wanted));
  const own = found.filter(({ builtIn }) => !builtIn);
  const ownNote = items.every(({ builtIn }) => builtIn) ? text.ownEmpty : text.none;
  const card = (template: Template) => <TemplateCard key={template.id} template={template} types={types.data} />;
  return (
    <Stack gap="xl">
      <TextInput
        type="search"
        maw={420}
        aria-label={text.search}
        placeholder={text.search}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      <Section title={text.own} cards={own.map(card)} note={ownNote} />
      <Section title={text.builtIn} cards={found.filter(({ builtIn }) => builtIn).map(card)} note={text.none} />
    </Stack>
  );
}

function Section({ title, cards, note }: { title: string; cards: React.ReactNode[]; note: string }) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      {cards.length === 0 && (
        <Text size="sm" className="quiet">
          {note}
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
        {cards}
      </SimpleGrid>
    </section>
  );
}

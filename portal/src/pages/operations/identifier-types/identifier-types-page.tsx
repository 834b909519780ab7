import { Code, Group, List, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { answered, api, type Schemas } from '../../../api/client.ts';
import { Page } from '../../../parts/page.tsx';
import { EmptyState, LoadingState, ProblemState } from '../../../parts/states.tsx';
import { identifierTypeWords } from '../../../text/words.ts';
import { text } from './text.ts';

type IdentifierType = Schemas['identifierType'];

/** How the values of lists are read. */
export function IdentifierTypesPage() {
  const { data, error, refetch } = useQuery({
    queryKey: ['identifierTypes'],
    // They are few and fixed: one page has them all.
    queryFn: ({ signal }) => answered(api.GET('/service/identifierTypes', { signal })),
    staleTime: 60_000,
  });
  return (
    <Page title={text.title} lead={text.lead}>
      {error !== null && <ProblemState error={error} retry={refetch} />}
      {data === undefined && error === null && <LoadingState />}
      {data?.items.length === 0 && <EmptyState title={text.emptyTitle} body={text.empty} />}
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        {data?.items.map((type) => (
          <Card key={type.name} type={type} />
        ))}
      </SimpleGrid>
    </Page>
  );
}

function Card({ type }: { type: IdentifierType }) {
  return (
    <Paper withBorder p="lg" component="section" aria-label={identifierTypeWords[type.name]}>
      <Group justify="space-between" align="baseline">
        <Title order={2} size="h4">
          {identifierTypeWords[type.name]}
        </Title>
        <Text size="sm" className="quiet figures">
          {text.have(type.customerCount)}
        </Text>
      </Group>
      <Text size="sm" className="quiet" mb="md">
        {type.description} <Code>{type.name}</Code>
      </Text>
      <Stack gap="sm">
        <Part title={text.steps}>
          <List type="ordered" size="sm">
            {type.normalization.map((step) => (
              <List.Item key={step}>{step}</List.Item>
            ))}
          </List>
        </Part>
        <Part title={text.pattern}>
          <Code>{type.pattern}</Code>
        </Part>
        <Part title={text.refusals}>
          {type.refusals.length === 0 ? (
            <Text size="sm">{text.noRefusals}</Text>
          ) : (
            <List size="sm">
              {type.refusals.map((refusal) => (
                <List.Item key={refusal}>{text.reasons[refusal]}</List.Item>
              ))}
            </List>
          )}
        </Part>
        <Part title={text.examples}>
          <Group gap="xs">
            {type.examples.map((example) => (
              <Code key={example}>{example}</Code>
            ))}
          </Group>
        </Part>
      </Stack>
    </Paper>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      {children}
    </div>
  );
}

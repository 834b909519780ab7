import { Alert, Anchor, Button, Group, List, Select, Skeleton, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type Audience, answered, api, baseAddress } from '../../../api/client.ts';
import { text as criteriaText } from '../../../parts/criteria/text.ts';
import { useWords } from '../../../parts/criteria/use-words.ts';
import { type Sentence, sentencesOf } from '../../../parts/criteria/words.ts';
import { ButtonLink } from '../../../parts/link.tsx';
import { refreshWords } from '../../../text/words.ts';
import { type TaggedAudience, useAudienceChanged } from '../audience-query.ts';
import { Section } from '../section.tsx';
import { useAudienceRights } from '../use-audience-rights.ts';
import { tellProblem, useRefreshAudience } from '../use-changes.ts';
import { text } from './text.ts';

/** The filters in words, and when they are asked again. */
export function Criteria({ audience }: { audience: TaggedAudience }) {
  const { filters = [], refreshProblem } = audience.data;
  const words = useWords(filters);
  return (
    <Section title={text.criteria.title} lead={text.criteria.lead} actions={<Change audience={audience.data} />}>
      {words.isLoading ? (
        <Skeleton h={30 * filters.length} maw={360} />
      ) : (
        <Sentences sentences={sentencesOf(filters, words)} />
      )}
      {refreshProblem !== undefined && (
        <Alert color="orange">
          <Text size="sm">
            {text.refresh.failed(refreshProblem)}{' '}
            <Anchor href={`${baseAddress}/help/problems/${refreshProblem}`} c="inherit" td="underline">
              {text.refresh.about}
            </Anchor>
          </Text>
        </Alert>
      )}
      <Refresh audience={audience} />
    </Section>
  );
}

function Change({ audience }: { audience: Audience }) {
  const { mayEdit } = useAudienceRights(audience);
  if (!mayEdit || audience.state === 'archived') return null;
  return (
    <ButtonLink to="/build" search={{ audience: audience.id }} variant="default" size="xs">
      {text.criteria.change}
    </ButtonLink>
  );
}

function Sentences({ sentences }: { sentences: readonly Sentence[] }) {
  return (
    <List spacing={6}>
      {sentences.map((sentence, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: criteria have no other identity than their place
        <List.Item key={place}>
          {sentence.kind === 'one' ? (
            <Text>
              <b>{sentence.label}</b> {sentence.says}
            </Text>
          ) : (
            <Stack gap={6}>
              <Text className="quiet">{criteriaText.modes[sentence.mode]}</Text>
              <Sentences sentences={sentence.of} />
            </Stack>
          )}
        </List.Item>
      ))}
    </List>
  );
}

const rhythms = ['manual', 'daily', 'onCustomerLoad'] as const;

function Refresh({ audience: { data, tag } }: { audience: TaggedAudience }) {
  const { mayEdit } = useAudienceRights(data);
  const changed = useAudienceChanged();
  const now = useRefreshAudience();
  const change = useMutation({
    mutationFn: async (refresh: (typeof rhythms)[number]) => {
      const params = { path: { customerAudienceId: data.id }, header: { 'if-match': tag } };
      return await answered(
        api.PATCH('/service/customerAudiences/{customerAudienceId}', { params, body: { refresh } }),
      );
    },
    onError: tellProblem,
    onSettled: changed,
  });
  const isFixed = !mayEdit || data.state === 'archived';
  return (
    <Group align="flex-end" gap="sm" mt="xs">
      <Select
        w={280}
        label={text.refresh.label}
        allowDeselect={false}
        disabled={isFixed || change.isPending}
        data={rhythms.map((value) => ({ value, label: refreshWords[value] }))}
        value={data.refresh ?? 'manual'}
        onChange={(value) => {
          const rhythm = rhythms.find((known) => known === value);
          if (rhythm !== undefined) change.mutate(rhythm);
        }}
      />
      {!isFixed && (
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={now.isPending}
          onClick={() => now.mutate(data)}
        >
          {text.refresh.now}
        </Button>
      )}
    </Group>
  );
}

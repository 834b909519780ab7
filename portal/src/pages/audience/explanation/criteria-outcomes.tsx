import { List, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconHelpCircle } from '@tabler/icons-react';
import type { Schemas } from '../../../api/client.ts';
import { useWords } from '../../../parts/criteria/use-words.ts';
import { type Filter, inOrder, sayFilter } from '../../../parts/criteria/words.ts';
import { text } from './text.ts';

type Outcomes = NonNullable<Schemas['customerAudienceExplanation']['filters']>;

interface Props {
  readonly filters: readonly Filter[];
  readonly outcomes: Outcomes;
  readonly isMember: boolean;
}

const icons = { true: IconCircleCheck, false: IconCircleX, missing: IconHelpCircle } as const;

/** Each criterion with what it says of the customer, and the class of the customer's own value. */
export function CriteriaOutcomes({ filters, outcomes, isMember }: Props) {
  const words = useWords(filters);
  const ordered = inOrder(filters);
  const holdsWhole = outcomes.every(({ outcome }) => outcome === 'true');
  return (
    <Stack gap="sm">
      <div>
        <Title order={3} size="h5">
          {text.criteria}
        </Title>
        <Text size="sm" className="quiet">
          {text.criteriaHint}
        </Text>
      </div>
      <List spacing="sm" listStyleType="none" center={false}>
        {outcomes.map(({ ordinal, outcome, leaves }) => {
          const filter = ordered.find((known) => known.ordinal === ordinal)?.filter;
          const Icon = icons[outcome];
          return (
            <List.Item key={ordinal} icon={<Icon size={20} aria-hidden />}>
              <Text size="sm">{filter !== undefined && sayFilter(filter, words)}</Text>
              <Text size="sm" className="quiet">
                {[text.outcomes[outcome], ...leaves.map(({ valueClass }) => theirs(valueClass))].join(', ')}
              </Text>
            </List.Item>
          );
        })}
      </List>
      {holdsWhole && !isMember && <Text size="sm">{text.goes}</Text>}
    </Stack>
  );
}

function theirs(valueClass: string | undefined): string {
  return valueClass === undefined ? text.noValue : text.theirs(valueClass);
}

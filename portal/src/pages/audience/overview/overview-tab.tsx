import { Stack, Text } from '@mantine/core';
import { Link } from '../../../parts/link.tsx';
import type { TaggedAudience } from '../audience-query.ts';
import { Section } from '../section.tsx';
import { ApprovalBox } from './approval-box.tsx';
import { Criteria } from './criteria.tsx';
import { Imports } from './imports.tsx';
import { text } from './text.ts';

/** How it came to be: the lists with their ledgers, the criteria, or the audience that it was copied from. */
export function OverviewTab({ audience }: { audience: TaggedAudience }) {
  const { data } = audience;
  return (
    <Stack gap="xl">
      {data.approval !== undefined && <ApprovalBox audience={audience} />}
      {data.copyOf !== undefined && <CopiedFrom audienceId={data.copyOf} />}
      {data.kind === 'filtered' && <Criteria audience={audience} />}
      {data.kind === 'imported' && <Imports audience={data} />}
      {data.kind === 'combined' && (
        <Section title={text.combined.title}>
          <Text className="quiet">{text.combined.lead}</Text>
        </Section>
      )}
    </Stack>
  );
}

function CopiedFrom({ audienceId }: { audienceId: string }) {
  return (
    <Section title={text.copy.title}>
      <Text size="sm">
        {text.copy.lead}{' '}
        <Link to="/audiences/$audienceId" params={{ audienceId }} td="underline">
          {text.copy.source}
        </Link>
      </Text>
    </Section>
  );
}

import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useMay } from '../../../app/session.tsx';
import { Page } from '../../../parts/page.tsx';
import { LoadingState, ProblemState } from '../../../parts/states.tsx';
import { FilterTypes } from './filter-types.tsx';
import { OperatorSettings } from './operator-settings.tsx';
import { Templates } from './templates.tsx';
import { text } from './text.ts';
import { type EditableSettings, useChangeSettings, useSettings } from './use-settings.ts';

/** What the institution allows; everybody may look, administrators change. Each switch is saved at once. */
export function SettingsPage() {
  const may = useMay();
  const { data, error, refetch } = useSettings();
  const save = useChangeSettings();
  if (data === undefined) {
    return (
      <Page title={text.title} lead={text.lead}>
        {error === null ? <LoadingState /> : <ProblemState error={error} retry={refetch} />}
      </Page>
    );
  }
  const editable: EditableSettings = {
    settings: data.data,
    change: may('manageSettings') ? (patch) => save.mutate({ tag: data.tag, patch }) : undefined,
    isBusy: save.isPending,
  };
  return (
    <Page title={text.title} lead={text.lead}>
      {save.error !== null && <ProblemState error={save.error} />}
      <Part title={text.filterTypes.title} lead={text.filterTypes.lead}>
        <FilterTypes {...editable} />
      </Part>
      <Part title={text.templates.title} lead={text.templates.lead}>
        <Templates {...editable} />
      </Part>
      <Part title={text.operator.title} lead={text.operator.lead}>
        <OperatorSettings settings={data.data} />
      </Part>
    </Page>
  );
}

function Part({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <Stack component="section" gap="sm" mb="md">
      <div>
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text size="sm" className="quiet">
          {lead}
        </Text>
      </div>
      {children}
    </Stack>
  );
}

import { Switch, Text } from '@mantine/core';
import type { Schemas } from '../../../api/client.ts';
import { type Column, DataTable } from '../../../parts/data-table.tsx';
import { EmptyState, LoadingState, ProblemState } from '../../../parts/states.tsx';
import { text } from './text.ts';
import { type EditableSettings, useTemplates } from './use-settings.ts';

type Template = Schemas['customerAudienceTemplate'];

const words = text.templates;

/** From which templates audiences may be made. */
export function Templates({ settings, change, isBusy }: EditableSettings) {
  const { data, error, refetch } = useTemplates();
  if (data === undefined) return error === null ? <LoadingState /> : <ProblemState error={error} retry={refetch} />;
  if (data.items.length === 0) return <EmptyState title={words.emptyTitle} body={words.empty} />;
  const excluded = settings.excludedCustomerAudienceTemplates;
  const offered: Column<Template> = {
    key: 'offered',
    header: words.columns.offered,
    cell: ({ id, name }) => (
      <Switch
        withThumbIndicator={false}
        aria-label={words.offer(name)}
        checked={!excluded.includes(id)}
        disabled={change === undefined || isBusy}
        onChange={({ currentTarget: { checked } }) => {
          const others = excluded.filter((other) => other !== id);
          change?.({ excludedCustomerAudienceTemplates: checked ? others : [...others, id] });
        }}
      />
    ),
  };
  return <DataTable caption={words.caption} rows={data.items} keyOf={({ id }) => id} columns={[...columns, offered]} />;
}

const columns: readonly Column<Template>[] = [
  {
    key: 'name',
    header: words.columns.name,
    cell: ({ name, description }) => (
      <>
        <Text size="sm" fw={550}>
          {name}
        </Text>
        {description !== undefined && (
          <Text size="xs" className="quiet" lineClamp={2}>
            {description}
          </Text>
        )}
      </>
    ),
  },
  {
    key: 'origin',
    header: words.columns.origin,
    hidesBelow: 'small',
    cell: ({ builtIn }) => (builtIn ? words.builtIn : words.own),
  },
];

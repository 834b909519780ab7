import { Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { type Column, DataTable } from '../../../parts/data-table.tsx';
import { RowMenu } from '../../../parts/row-menu.tsx';
import { EmptyState, LoadingState, ProblemState } from '../../../parts/states.tsx';
import { formatCount, text as shared } from '../../../text/en.ts';
import {
  boundsText,
  hasBounds,
  hasChoices,
  type Limit,
  type LimitedType,
  limitedTypes,
  turned,
  withLimit,
} from './limits.ts';
import { NarrowDialog } from './narrow-dialog.tsx';
import { text } from './text.ts';
import { type EditableSettings, useFilterTypes } from './use-settings.ts';

const words = text.filterTypes;

/** Which filter types new criteria may use, and how far. */
export function FilterTypes({ settings, change, isBusy }: EditableSettings) {
  const { data, error, refetch } = useFilterTypes();
  const [search, setSearch] = useState('');
  const [narrowing, setNarrowing] = useState<LimitedType>();
  if (data === undefined) return error === null ? <LoadingState /> : <ProblemState error={error} retry={refetch} />;
  const wanted = search.trim().toLowerCase();
  const rows = limitedTypes(data.items, settings.filterTypes).filter(({ name, label }) =>
    `${label} ${name}`.toLowerCase().includes(wanted),
  );
  const save = change && ((limit: Limit) => change({ filterTypes: withLimit(settings.filterTypes, limit) }));
  return (
    <Stack gap="sm">
      <TextInput
        type="search"
        maw={420}
        aria-label={words.search}
        placeholder={words.search}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={({ currentTarget: { value } }) => setSearch(value)}
      />
      {rows.length === 0 ? (
        <EmptyState title={words.noneTitle} body={words.none} />
      ) : (
        <DataTable
          caption={words.caption}
          rows={rows}
          keyOf={({ name }) => name}
          columns={[...columns, ...changing({ save, isBusy, narrow: setNarrowing })]}
        />
      )}
      {narrowing !== undefined && save !== undefined && (
        <NarrowDialog row={narrowing} save={save} close={() => setNarrowing(undefined)} />
      )}
    </Stack>
  );
}

const columns: readonly Column<LimitedType>[] = [
  {
    key: 'name',
    header: words.columns.name,
    cell: ({ name, label }) => (
      <>
        <Text size="sm" fw={550}>
          {label}
        </Text>
        {label !== name && (
          <Text size="xs" className="quiet">
            {name}
          </Text>
        )}
      </>
    ),
  },
  {
    key: 'dataType',
    header: words.columns.dataType,
    hidesBelow: 'medium',
    cell: ({ type }) => (type === undefined ? words.unknown : words.dataTypes[type.dataType]),
  },
  {
    key: 'count',
    header: words.columns.count,
    isRight: true,
    hidesBelow: 'small',
    cell: ({ type }) => type && formatCount(type.customerCount),
  },
  { key: 'limit', header: words.columns.limit, cell: ({ limit }) => boundsText(limit) },
];

interface Changing {
  readonly save: ((limit: Limit) => void) | undefined;
  readonly isBusy: boolean;
  readonly narrow: (row: LimitedType) => void;
}

function changing({ save, isBusy, narrow }: Changing): readonly Column<LimitedType>[] {
  const offered: Column<LimitedType> = {
    key: 'offered',
    header: words.columns.offered,
    cell: ({ name, label, limit }) => (
      <Switch
        withThumbIndicator={false}
        aria-label={words.offer(label)}
        checked={limit?.hidden !== true}
        disabled={save === undefined || isBusy}
        onChange={({ currentTarget: { checked } }) => save?.(turned(limit, { name, isHidden: !checked }))}
      />
    ),
  };
  if (save === undefined) return [offered];
  const actions: Column<LimitedType> = {
    key: 'actions',
    header: shared.table.actions,
    isHeaderHidden: true,
    isRight: true,
    cell: (row) => (
      <RowMenu
        name={row.label}
        actions={[
          ...(hasBounds(row) || hasChoices(row) ? [{ label: words.narrow, run: () => narrow(row) }] : []),
          ...(boundsText(row.limit) === undefined
            ? []
            : [
                {
                  label: words.widen,
                  run: () => save(turned({ name: row.name }, { name: row.name, isHidden: row.limit?.hidden === true })),
                },
              ]),
        ]}
      />
    ),
  };
  return [offered, actions];
}

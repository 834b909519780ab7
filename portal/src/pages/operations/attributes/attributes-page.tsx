import { Button, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { answered, answeredWithTag, api, done } from '../../../api/client.ts';
import { useMay } from '../../../app/session.tsx';
import { type Column, PagedTable } from '../../../parts/data-table.tsx';
import { ConfirmDialog } from '../../../parts/dialog.tsx';
import { Page } from '../../../parts/page.tsx';
import { RowMenu } from '../../../parts/row-menu.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { usePages } from '../../../parts/use-pages.ts';
import { text as shared } from '../../../text/en.ts';
import { DefineAttribute } from './define-attribute.tsx';
import { type Attribute, constraintsText } from './new-attribute.ts';
import { text } from './text.ts';

type Doing = { readonly what: 'define' } | { readonly what: 'delete'; readonly row: Attribute };

/** What the institution has defined to know of its customers. */
export function AttributesPage() {
  const may = useMay();
  const [doing, setDoing] = useState<Doing>();
  const close = () => setDoing(undefined);
  const add = may('manageAttributes') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDoing({ what: 'define' })}>
      {text.add}
    </Button>
  );
  return (
    <Page title={text.title} lead={text.lead} actions={add}>
      <AttributeTable
        add={add}
        remove={may('manageAttributes') ? (row) => setDoing({ what: 'delete', row }) : undefined}
      />
      {doing?.what === 'define' && <DefineAttribute close={close} />}
      {doing?.what === 'delete' && <DeleteAttribute row={doing.row} close={close} />}
    </Page>
  );
}

function AttributeTable({ add, remove }: { add: ReactNode; remove: ((row: Attribute) => void) | undefined }) {
  const pages = usePages({
    queryKey: ['attributes'],
    read: ({ page, signal }) => answered(api.GET('/service/customerAttributes', { params: { query: page }, signal })),
  });
  const menu: Column<Attribute> = {
    key: 'actions',
    header: shared.table.actions,
    isHeaderHidden: true,
    isRight: true,
    cell: (row) =>
      remove && <RowMenu name={row.name} actions={[{ label: text.delete, run: () => remove(row), isGrave: true }]} />,
  };
  return (
    <PagedTable
      pages={pages}
      caption={text.caption}
      columns={remove === undefined ? columns : [...columns, menu]}
      keyOf={({ id }) => id}
      empty={<EmptyState title={text.emptyTitle} body={text.empty} actions={add} />}
      countOf={text.count}
    />
  );
}

const columns: readonly Column<Attribute>[] = [
  {
    key: 'name',
    header: text.columns.name,
    cell: ({ name, label }) => (
      <>
        <Text size="sm" fw={550}>
          {label ?? name}
        </Text>
        <Text size="xs" className="quiet">
          <code>{name}</code>
        </Text>
      </>
    ),
  },
  { key: 'dataType', header: text.columns.dataType, cell: ({ dataType }) => text.dataTypes[dataType] },
  { key: 'constraints', header: text.columns.constraints, hidesBelow: 'small', cell: constraintsText },
  {
    key: 'fairLending',
    header: text.columns.fairLending,
    hidesBelow: 'medium',
    cell: ({ fairLending }) => text.fairLending[fairLending ?? 'none'],
  },
];

function DeleteAttribute({ row, close }: { row: Attribute; close: () => void }) {
  const remove = useChange({
    change: async () => {
      const path = { customerAttributeId: row.id };
      const { tag } = await answeredWithTag(
        api.GET('/service/customerAttributes/{customerAttributeId}', { params: { path } }),
      );
      const params = { path, header: { 'if-match': tag } };
      await done(api.DELETE('/service/customerAttributes/{customerAttributeId}', { params }));
    },
    refreshes: [['attributes'], ['filterTypes']],
    says: () => text.deleted(row.label ?? row.name),
    showsProblemItself: true,
    onDone: close,
  });
  return (
    <ConfirmDialog
      title={text.confirmTitle(row.label ?? row.name)}
      body={text.confirm}
      close={close}
      confirm={() => remove.mutate(undefined)}
      confirmLabel={text.delete}
      isBusy={remove.isPending}
      error={remove.error}
    />
  );
}

import { Button, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { answered, api } from '../../../api/client.ts';
import { useMay } from '../../../app/session.tsx';
import { type Column, PagedTable } from '../../../parts/data-table.tsx';
import { Page } from '../../../parts/page.tsx';
import { EditMenu } from '../../../parts/row-menu.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { usePages } from '../../../parts/use-pages.ts';
import { ChangeAttribute, DeleteAttribute } from './change-attribute.tsx';
import { DefineAttribute } from './define-attribute.tsx';
import { type Attribute, constraintsText } from './new-attribute.ts';
import { text } from './text.ts';

type Doing = { readonly what: 'define' } | { readonly what: 'change' | 'delete'; readonly row: Attribute };

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
      <AttributeTable add={add} begin={may('manageAttributes') ? setDoing : undefined} />
      {doing?.what === 'define' && <DefineAttribute close={close} />}
      {doing?.what === 'change' && <ChangeAttribute row={doing.row} close={close} />}
      {doing?.what === 'delete' && <DeleteAttribute row={doing.row} close={close} />}
    </Page>
  );
}

function AttributeTable({ add, begin }: { add: ReactNode; begin: ((doing: Doing) => void) | undefined }) {
  const pages = usePages({
    queryKey: ['attributes'],
    read: ({ page, signal }) => answered(api.GET('/service/customerAttributes', { params: { query: page }, signal })),
  });
  return (
    <PagedTable
      pages={pages}
      caption={text.caption}
      columns={columns}
      menu={
        begin &&
        ((row) => (
          <EditMenu
            name={row.name}
            change={() => begin({ what: 'change', row })}
            remove={() => begin({ what: 'delete', row })}
          />
        ))
      }
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

import { Button, Center, Group, Stack, Text, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { text } from '../text/en.ts';
import classes from './data-table.module.css';
import { LoadingState, ProblemState } from './states.tsx';
import type { Pages } from './use-pages.ts';

export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Figures and what is done with a row stand at the right. */
  readonly isRight?: boolean;
  /** What a small window can do without: `medium` below 1,000 pixels, `small` on phones. */
  readonly hidesBelow?: 'medium' | 'small';
  /** For readers of the screen alone: a column of buttons. */
  readonly isHeaderHidden?: boolean;
}

interface TableProps<Row> {
  /** What the rows are, for whoever does not see the heading above. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

/** A plain table of the portal. */
export function DataTable<Row>({ caption, columns, rows, keyOf }: TableProps<Row>) {
  return (
    <div className={classes.frame}>
      <table className={classes.table}>
        <caption className={classes.caption}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={classOf(column)}>
                {column.isHeaderHidden === true ? <VisuallyHidden>{column.header}</VisuallyHidden> : column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.key} className={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function classOf({ isRight, hidesBelow }: Pick<Column<never>, 'isRight' | 'hidesBelow'>): string {
  const hides = hidesBelow === undefined ? undefined : classes[hidesBelow];
  return [isRight === true ? `figures ${classes.right}` : undefined, hides].filter(Boolean).join(' ');
}

interface PagedProps<Row> extends Omit<TableProps<Row>, 'rows'> {
  readonly pages: Pages<Row>;
  /** What stands in place of a table without rows. */
  readonly empty: ReactNode;
  /** What can be done with a row, in a last column; nobody may = no column. */
  readonly menu?: ((row: Row) => ReactNode) | undefined;
  /** "1 import", "2,345 imports" */
  readonly countOf?: (count: number) => string;
}

/** A list of the API as a table, with the states that it can be in. */
export function PagedTable<Row>({ pages, empty, menu, countOf, columns, ...table }: PagedProps<Row>) {
  const { data, error, refetch } = pages;
  const rows = data?.pages.flatMap(({ items }) => items) ?? [];
  if (data === undefined) return error === null ? <LoadingState /> : <ProblemState error={error} retry={refetch} />;
  if (rows.length === 0 && error === null) return empty;
  return (
    <Stack gap="sm">
      {error !== null && <ProblemState error={error} retry={refetch} />}
      <DataTable rows={rows} columns={menu === undefined ? columns : [...columns, menuColumn(menu)]} {...table} />
      <More pages={pages} shown={rows.length} countOf={countOf} />
    </Stack>
  );
}

function menuColumn<Row>(menu: (row: Row) => ReactNode): Column<Row> {
  return { key: 'actions', header: text.table.actions, isHeaderHidden: true, isRight: true, cell: menu };
}

function More<Row>({
  pages,
  shown,
  countOf,
}: {
  pages: Pages<Row>;
  shown: number;
  countOf: ((count: number) => string) | undefined;
}) {
  const count = pages.data?.pages[0]?.count;
  if (!pages.hasNextPage) {
    if (countOf === undefined) return null;
    return (
      <Text className="quiet figures" size="sm" ta="right">
        {countOf(count ?? shown)}
      </Text>
    );
  }
  return (
    <Center>
      <Group gap="md">
        <Text className="quiet figures" size="sm" role="status">
          {text.table.shown(shown, count)}
        </Text>
        <Button
          variant="default"
          size="xs"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {text.table.more}
        </Button>
      </Group>
    </Center>
  );
}

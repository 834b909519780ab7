import { ActionIcon, Badge, Menu, Stack, Text, UnstyledButton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArchive, IconArchiveOff, IconChevronDown, IconChevronUp, IconDots } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef } from 'react';
import { type Audience, answered, api } from '../../api/client.ts';
import { problemOfError } from '../../api/problem.ts';
import { useMay } from '../../app/session.tsx';
import { Link } from '../../parts/link.tsx';
import { notifyWithWay } from '../../parts/notify-way.tsx';
import { SparkLine } from '../../parts/spark-line.tsx';
import type { Size } from '../../parts/spark-path.ts';
import { useActorNames } from '../../parts/use-actor-names.ts';
import { formatAgo, formatCount, formatMoment } from '../../text/en.ts';
import classes from './audience-table.module.css';
import type { AudienceSearch, sorts } from './search.ts';
import { lastWeek, useSizes } from './sizes-query.ts';
import { text } from './text.ts';

const rowHeight = 57;
/** So many rows before the end the next page is asked for. */
const lookAhead = 30;

interface Props {
  readonly rows: readonly Audience[];
  readonly search: AudienceSearch;
  readonly hasMore: boolean;
  readonly loadMore: () => unknown;
}

/** Only the rows in sight are drawn: ten thousand audiences scroll as ten do. */
export function AudienceTable({ rows, search, hasMore, loadMore }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: place.current?.offsetTop ?? 0,
  });
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  const sizes = useSizes(rows, { first: drawn[0]?.index ?? 0, last });
  useEffect(() => {
    if (hasMore && last >= rows.length - lookAhead) loadMore();
  }, [hasMore, last, rows.length, loadMore]);
  const before = (drawn[0]?.start ?? 0) - virtual.options.scrollMargin;
  const after = virtual.getTotalSize() - ((drawn.at(-1)?.end ?? 0) - virtual.options.scrollMargin);
  return (
    <div ref={place} className={classes.frame}>
      <table className={classes.table} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <Sortable column="name" search={search} />
            <th className={classes.wide}>{text.columns.kind}</th>
            <Sortable column="customerCount" search={search} />
            <th className={`${classes.wide} ${classes.right}`}>{text.columns.change}</th>
            <th className={classes.wide}>{text.columns.owner}</th>
            <Sortable column="updatedAt" search={search} isWide />
            <th>
              <span className={classes.hidden}>{text.columns.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Space height={before} />}
          {drawn.map(({ index, key }) => {
            const row = rows[index];
            return row && <Row key={key} row={row} index={index} sizes={sizes.get(row.id)} />;
          })}
          {after > 0 && <Space height={after} />}
        </tbody>
      </table>
    </div>
  );
}

function Space({ height }: { height: number }) {
  return (
    <tr>
      <td colSpan={7} style={{ height }} className={classes.space} />
    </tr>
  );
}

interface RowProps {
  readonly row: Audience;
  readonly index: number;
  readonly sizes: readonly Size[] | undefined;
}

/** A row that stays in sight is not drawn again while the table scrolls. */
const Row = memo(function Row({ row, index, sizes }: RowProps) {
  const nameOf = useActorNames([row.createdBy]);
  // Two lines fit into the height on which the table counts.
  const isPending = row.state === 'pendingApproval';
  return (
    <tr aria-rowindex={index + 2}>
      <td>
        <Stack gap={2} align="flex-start">
          <Link
            to="/audiences/$audienceId"
            params={{ audienceId: row.id }}
            fw={550}
            lh={1.25}
            lineClamp={isPending ? 1 : 2}
            c="inherit"
          >
            {row.name}
          </Link>
          {isPending && (
            <Badge
              variant="light"
              color="orange"
              c="light-dark(#7c2d12, #ffc078)"
              size="sm"
              tt="none"
              miw="max-content"
            >
              {text.state.pendingApproval}
            </Badge>
          )}
        </Stack>
      </td>
      <td className={classes.wide}>
        <Text size="sm" className="quiet">
          {text.kind[row.kind]}
        </Text>
      </td>
      <td className={`figures ${classes.right}`}>{formatCount(row.customerCount)}</td>
      <td className={`${classes.wide} ${classes.right}`}>
        {sizes !== undefined && <SparkLine sizes={sizes} span={lastWeek()} />}
      </td>
      <td className={classes.wide}>
        <Text size="sm" className="quiet" lineClamp={1}>
          {nameOf(row.createdBy)}
        </Text>
      </td>
      <td className={`${classes.wide} ${classes.right}`}>
        <Text size="sm" className="quiet" title={formatMoment(row.updatedAt)} component="time" dateTime={row.updatedAt}>
          {formatAgo(row.updatedAt)}
        </Text>
      </td>
      <td className={classes.right}>
        <RowMenu row={row} />
      </td>
    </tr>
  );
});

interface SortableProps {
  readonly column: 'name' | 'customerCount' | 'updatedAt';
  readonly search: AudienceSearch;
  readonly isWide?: boolean;
}

/** The column by which the table is sorted says so; a press turns the order around. */
function Sortable({ column, search, isWide = false }: SortableProps) {
  const navigate = useNavigate({ from: '/audiences' });
  const { sortBy = '-updatedAt' } = search;
  const isHere = sortBy === column || sortBy === `-${column}`;
  const isDescending = sortBy.startsWith('-');
  const next: (typeof sorts)[number] =
    isHere && isDescending ? column : isHere || column !== 'name' ? `-${column}` : column;
  const order = isDescending ? 'descending' : 'ascending';
  return (
    <th
      aria-sort={isHere ? order : 'none'}
      className={`${isWide ? classes.wide : ''} ${column === 'name' ? '' : classes.right}`}
    >
      <UnstyledButton
        className={classes.sort}
        onClick={() => void navigate({ search: (before) => ({ ...before, sortBy: next }), replace: true })}
      >
        {text.columns[column]}
        {isHere && (isDescending ? <IconChevronDown size={14} aria-hidden /> : <IconChevronUp size={14} aria-hidden />)}
      </UnstyledButton>
    </th>
  );
}

function RowMenu({ row }: { row: Audience }) {
  const may = useMay();
  const move = useMoveAudience();
  if (!may('editAudiences')) return null;
  const isArchived = row.state === 'archived';
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={text.actionsOf(row.name)}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={isArchived ? <IconArchiveOff size={16} aria-hidden /> : <IconArchive size={16} aria-hidden />}
          onClick={() => move.mutate({ row, to: isArchived ? 'active' : 'archived', offersUndo: true })}
        >
          {isArchived ? text.restore : text.archive}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

interface Move {
  readonly row: Audience;
  readonly to: 'active' | 'archived';
  readonly offersUndo: boolean;
}

/** Archives or restores at once, and offers the way back instead of asking before. */
function useMoveAudience() {
  const queryClient = useQueryClient();
  const move = useMutation({
    mutationFn: async ({ row, to }: Move) => {
      const params = { query: { customerAudience: row.id } };
      return to === 'archived'
        ? await answered(api.POST('/service/archivedCustomerAudiences', { params }))
        : await answered(api.POST('/service/activeCustomerAudiences', { params }));
    },
    onSuccess: (_moved, { row, to, offersUndo }) => {
      void queryClient.invalidateQueries({ queryKey: ['audiences'] });
      if (!offersUndo) return;
      notifyWithWay({
        message: to === 'archived' ? text.archived(row.name) : text.restored(row.name),
        label: text.undo,
        go: () => move.mutate({ row, to: to === 'archived' ? 'active' : 'archived', offersUndo: false }),
      });
    },
    onError: (error) => {
      const { title, detail } = problemOfError(error);
      notifications.show({ color: 'red', title, message: detail ?? '' });
    },
  });
  return move;
}

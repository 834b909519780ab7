import { Text, VisuallyHidden } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Schemas } from '../../../api/client.ts';
import { Link } from '../../../parts/link.tsx';
import { formatDay } from '../../../text/en.ts';
import classes from '../table.module.css';
import { customerName } from './customer-name.ts';
import { text } from './text.ts';

type Customer = Schemas['customer'];

const rowHeight = 45;
/** So many rows before the end the next page is asked for. */
const lookAhead = 100;

interface Props {
  /** Those that are read. */
  readonly rows: readonly Customer[];
  /** All that there are to read. */
  readonly rowCount: number;
  readonly isRevealed: boolean;
  readonly hasMore: boolean;
  readonly loadMore: () => unknown;
}

/** Only the rows in sight are drawn, and pages are read as they come into sight. */
export function MemberTable({ rows, rowCount, isRevealed, hasMore, loadMore }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: 20,
    scrollMargin: useTop(place),
  });
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= rows.length - lookAhead) loadMore();
  }, [hasMore, last, rows.length, loadMore]);
  const { scrollMargin } = virtual.options;
  const before = (drawn[0]?.start ?? scrollMargin) - scrollMargin;
  const after = virtual.getTotalSize() - ((drawn.at(-1)?.end ?? scrollMargin) - scrollMargin);
  return (
    <div ref={place} className={classes.frame}>
      <table className={`${classes.table} ${classes.tight}`} aria-label={text.tableLabel} aria-rowcount={rowCount + 1}>
        <Head isRevealed={isRevealed} />
        <tbody>
          {before > 0 && <Space height={before} />}
          {drawn.map(({ index, key }) => {
            const row = rows[index];
            return row && <Row key={key} row={row} index={index} isRevealed={isRevealed} />;
          })}
          {after > 0 && <Space height={after} />}
        </tbody>
      </table>
    </div>
  );
}

/** How far down the page the table begins. */
function useTop(place: { readonly current: HTMLElement | null }): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    setTop((place.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
  }, [place]);
  return top;
}

function Head({ isRevealed }: { isRevealed: boolean }) {
  const { columns } = text;
  return (
    <thead>
      <tr>
        <th scope="col">{columns.name}</th>
        <th scope="col" className={classes.wide}>
          {columns.coreCustomerId}
        </th>
        <th scope="col" className={classes.roomy}>
          {columns.emailAddress}
        </th>
        <th scope="col" className={classes.wide}>
          {columns.phoneNumber}
        </th>
        {isRevealed && <th scope="col">{columns.taxIdNumber}</th>}
        <th scope="col" className={classes.wide}>
          {columns.place}
        </th>
        <th scope="col" className={`${classes.wide} ${classes.right}`}>
          {columns.birthYear}
        </th>
        <th scope="col" className={`${classes.wide} ${classes.right}`}>
          {columns.customerSince}
        </th>
        <th scope="col">
          <VisuallyHidden>{columns.explain}</VisuallyHidden>
        </th>
      </tr>
    </thead>
  );
}

function Space({ height }: { height: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={9} style={{ height }} className={classes.space} />
    </tr>
  );
}

function Row({ row, index, isRevealed }: { row: Customer; index: number; isRevealed: boolean }) {
  const name = customerName(row);
  const place = [row.postalCode, row.regionCode].filter((part) => part !== undefined).join(' ');
  return (
    <tr aria-rowindex={index + 2} data-customer={row.id}>
      <th scope="row">
        <Text span size="sm" lineClamp={1} fw={550}>
          {name}
        </Text>
      </th>
      <td className={classes.wide}>{row.coreCustomerId}</td>
      <td className={classes.roomy}>{row.emailAddress ?? text.none}</td>
      <td className={`figures ${classes.wide}`}>{row.phoneNumber ?? text.none}</td>
      {isRevealed && <td className="figures">{row.taxIdNumber ?? text.none}</td>}
      <td className={classes.wide}>{place === '' ? text.none : place}</td>
      <td className={`figures ${classes.wide} ${classes.right}`}>{row.birthYear ?? text.none}</td>
      <td className={`figures ${classes.wide} ${classes.right}`}>
        {row.customerSince === undefined ? text.none : formatDay(row.customerSince)}
      </td>
      <td className={classes.right}>
        <Link
          from="/audiences/$audienceId"
          to="."
          search={(search) => ({ ...search, customer: row.id })}
          resetScroll={false}
          preload={false}
          size="sm"
          aria-label={text.explainOf(name)}
        >
          {text.explain}
        </Link>
      </td>
    </tr>
  );
}

import { Group, Text, VisuallyHidden } from '@mantine/core';
import type { Schemas } from '../../../api/client.ts';
import { formatCount } from '../../../text/en.ts';
import { Section } from '../section.tsx';
import classes from './overlap.module.css';
import { text } from './text.ts';
import { type UpsetRow, upsetRows } from './upset.ts';

interface Props {
  readonly overlaps: Schemas['customerAudienceOverlaps'];
  readonly nameOf: (id: string) => string;
}

/** 6 sets have 63 parts; the small ones at the end say little. */
const shownMax = 31;
const column = 26;

/** An UpSet plot as a table: dots say in which audiences, bars how many, and each row says both in words. */
export function UpsetPlot({ overlaps, nameOf }: Props) {
  const rows = upsetRows(overlaps).slice(0, shownMax);
  const names = (ids: readonly string[]) => ids.map(nameOf);
  return (
    <Section title={text.parts} lead={text.partsLead(overlaps.customerCount)}>
      <Sets overlaps={overlaps} nameOf={nameOf} />
      <table className={`figures ${classes.table}`} aria-label={text.parts} data-plot="upset">
        <thead>
          <tr>
            <th scope="col">
              <VisuallyHidden>{text.columns.sets}</VisuallyHidden>
              <Letters count={overlaps.audiences.length} />
            </th>
            <th scope="col" className={classes.words} />
            <th scope="col" className={classes.bars}>
              <VisuallyHidden>{text.columns.bar}</VisuallyHidden>
            </th>
            <th scope="col">{text.columns.customers}</th>
            <th scope="col">{text.columns.share}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.audiences.join()} row={row} names={names(row.audiences)} />
          ))}
        </tbody>
      </table>
      {rows.length < overlaps.intersectionCount && (
        <Text size="sm" className="quiet">
          {text.more(rows.length, overlaps.intersectionCount)}
        </Text>
      )}
    </Section>
  );
}

/** Which letter is which audience, and how large it is. */
function Sets({ overlaps, nameOf }: Props) {
  return (
    <ol className={classes.sets} aria-label={text.sets}>
      {overlaps.audiences.map(({ id, customerCount, version, withheldCount }, place) => (
        <li key={id}>
          <Group gap="sm" wrap="nowrap" align="baseline">
            <Text span fw={650} aria-hidden>
              {letter(place)}
            </Text>
            <Text span size="sm">
              <b>{nameOf(id)}</b> <span className="quiet">{text.setSize(customerCount, version)}</span>
              {withheldCount > 0 && <span className="quiet"> {text.withheld(withheldCount)}</span>}
            </Text>
          </Group>
        </li>
      ))}
    </ol>
  );
}

function letter(place: number): string {
  return String.fromCharCode(65 + place);
}

function Letters({ count }: { count: number }) {
  return (
    <svg width={count * column} height={16} aria-hidden="true">
      {Array.from({ length: count }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
        <text key={place} x={(place + 0.5) * column} y={13} textAnchor="middle" className={classes.letter}>
          {letter(place)}
        </text>
      ))}
    </svg>
  );
}

function Row({ row, names }: { row: UpsetRow; names: readonly string[] }) {
  const [only = ''] = names;
  return (
    <tr>
      <td aria-hidden>
        <Dots dots={row.dots} />
      </td>
      <th scope="row" className={classes.words}>
        {names.length === 1 ? text.only(only) : text.exactly(names)}
      </th>
      <td className={classes.bars} aria-hidden>
        <div className={classes.bar} style={{ width: `${row.length * 100}%` }} />
      </td>
      <td data-count={row.customerCount}>{formatCount(row.customerCount)}</td>
      <td className="quiet">{text.percent(row.share)}</td>
    </tr>
  );
}

function Dots({ dots }: { dots: readonly boolean[] }) {
  const middle = 12;
  const first = dots.indexOf(true);
  const last = dots.lastIndexOf(true);
  return (
    <svg width={dots.length * column} height={2 * middle} aria-hidden="true">
      <line x1={(first + 0.5) * column} x2={(last + 0.5) * column} y1={middle} y2={middle} className={classes.line} />
      {dots.map((isIn, place) => (
        <circle
          // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
          key={place}
          cx={(place + 0.5) * column}
          cy={middle}
          r={6}
          className={isIn ? classes.dot : classes.gap}
        />
      ))}
    </svg>
  );
}

import { Group, Text, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { formatCount, text as shared } from '../../text/en.ts';
import { bandFilter, bandsOf, isChosen, trimmed } from './bands.ts';
import classes from './builder.module.css';
import { talliesQuery } from './queries.ts';
import { text } from './text.ts';
import type { LeafProps } from './value-input.tsx';

/** Where the customers are along the values of a type; the bars that the clause takes are drawn in colour. */
export default function Histogram({ leaf, type }: LeafProps) {
  const bands = bandsOf(type, new Date());
  const { data } = useQuery(
    talliesQuery(
      type,
      bands.map((band) => bandFilter(type, band)),
    ),
  );
  if (bands.length === 0) return null;
  const bars = trimmed(bands.map((band, index) => ({ ...band, count: data?.[index] ?? 0 })));
  const highest = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <div className={classes.notes}>
      <div className={classes.histogram} aria-hidden>
        {bars.map((bar) => (
          <span
            key={bar.label}
            title={`${bar.label}: ${shared.customers(bar.count)}`}
            data-chosen={isChosen(leaf, bar)}
            style={{ height: `${(100 * bar.count) / highest}%` }}
          />
        ))}
      </div>
      <Group className={classes.ends} aria-hidden>
        <Text size="xs" className="quiet">
          {bars[0]?.label}
        </Text>
        <Text size="xs" className="quiet">
          {bars.at(-1)?.label}
        </Text>
      </Group>
      <VisuallyHidden>
        <table>
          <caption>{text.histogram.of(type.label)}</caption>
          <thead>
            <tr>
              <th>{text.histogram.band}</th>
              <th>{text.histogram.count}</th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ label, count }) => (
              <tr key={label}>
                <td>{label}</td>
                <td>{formatCount(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </div>
  );
}

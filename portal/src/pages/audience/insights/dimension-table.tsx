import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { text as criteriaText } from '../../../parts/criteria/text.ts';
import { Section } from '../section.tsx';
import { barLength, type Cell, cellsInSight, type Dimension, longestPercent } from './bars.ts';
import classes from './insights.module.css';
import { areStates } from './state-map/shades.ts';
import { StateMap } from './state-map/state-map.tsx';
import { text } from './text.ts';

/** More values than these are shown on demand: 51 regions would push all else out of sight. */
const valuesMax = 10;

/** A table that is the chart, too: each row has its two bars. */
export function DimensionTable({ dimension }: { dimension: Dimension }) {
  const [isWhole, setWhole] = useState(false);
  const { cells, label } = dimension;
  const few = cellsInSight(cells, valuesMax);
  const longest = longestPercent(cells);
  return (
    <Section title={label} lead={text.dimensions[dimension.dimension]}>
      {dimension.dimension === 'regionCode' && areStates(cells) && <StateMap cells={cells} />}
      <table className={`figures ${classes.table}`} data-dimension={dimension.dimension} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{text.columns.value}</th>
            <th scope="col" className={classes.bars}>
              <span className={classes.hidden}>{text.columns.bars}</span>
            </th>
            <th scope="col">{text.columns.customers}</th>
            <th scope="col">{text.columns.audience}</th>
            <th scope="col">{text.columns.base}</th>
            <th scope="col">{text.columns.index}</th>
          </tr>
        </thead>
        <tbody>
          {(isWhole ? cells : few).map((cell) => (
            <Row key={`${cell.kind} ${cell.value}`} cell={cell} longest={longest} of={dimension.dimension} />
          ))}
        </tbody>
      </table>
      {few.length < cells.length && (
        <Group>
          <Button variant="default" size="compact-sm" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? text.less : text.all(cells.length)}
          </Button>
        </Group>
      )}
    </Section>
  );
}

function Row({ cell, longest, of }: { cell: Cell; longest: number; of: Dimension['dimension'] }) {
  const { kind, customerCount, audiencePercent, basePercent, index } = cell;
  return (
    <tr data-kind={kind}>
      <th scope="row">{labelOf(cell, of)}</th>
      {kind === 'withheld' ? (
        <td colSpan={5} className="quiet">
          {text.withheld}
        </td>
      ) : (
        <>
          <td className={classes.bars} aria-hidden>
            <div className={classes.audience} style={{ width: `${barLength(audiencePercent, longest)}%` }} />
            <div className={classes.base} style={{ width: `${barLength(basePercent, longest)}%` }} />
          </td>
          <td data-count={customerCount}>{text.count(customerCount)}</td>
          <td>{text.percent(audiencePercent)}</td>
          <td className="quiet">{text.percent(basePercent)}</td>
          <td>{text.count(index)}</td>
        </>
      )}
    </tr>
  );
}

function labelOf({ kind, value = '' }: Cell, of: Dimension['dimension']): string {
  if (kind === 'missing') return of === 'depositsBand' ? text.missingDeposits : text.missing;
  if (kind === 'other') return text.other;
  return of === 'productType' ? criteriaText.choice(value) : value;
}

import '@mantine/charts/styles.css';
import { LineChart } from '@mantine/charts';
import { useState } from 'react';
import { formatCompact, formatCount } from '../../../text/en.ts';
import { drawnPoints, momentFormat, type SizePoint } from './size-points.ts';
import { text } from './text.ts';

/** How large it was, as steps: between two versions nothing changes. The table of versions says the same in figures. */
export function SizeChart({ points, height }: { points: readonly SizePoint[]; height: number }) {
  const [now] = useState(() => Date.now());
  const drawn = drawnPoints(points, now);
  const format = momentFormat(drawn);
  const first = points[0]?.customerCount ?? 0;
  const last = points.at(-1)?.customerCount ?? 0;
  return (
    <div role="img" aria-label={text.sizeLabel(formatCount(first), formatCount(last), points.length)}>
      <LineChart
        h={height}
        data={drawn.map(({ at, customerCount }) => ({ at, customerCount }))}
        dataKey="at"
        series={[{ name: 'customerCount', label: text.customers, color: 'light-dark(#0b5c8a, #51a1cd)' }]}
        curveType="stepAfter"
        strokeWidth={2}
        valueFormatter={formatCount}
        xAxisProps={{ type: 'number', scale: 'time', domain: ['dataMin', 'dataMax'], tickFormatter: format }}
        yAxisProps={{ tickFormatter: formatCompact, width: 56, domain: [0, 'auto'] }}
        tooltipProps={{ labelFormatter: (at) => (typeof at === 'number' ? format(at) : at) }}
        // It is an image with a name here; its own keyboard layer would be a focus without one.
        lineChartProps={{ accessibilityLayer: false }}
      />
    </div>
  );
}

import { Group, Text } from '@mantine/core';
import { formatChange } from '../text/en.ts';
import { changeOf, type Size, sparkPath } from './spark-path.ts';

const frame = { width: 72, height: 20 };

/** How a size went within some time, as a small line, with the change in figures beside it. */
export function SparkLine({ sizes, span }: { sizes: readonly Size[]; span: { from: number; to: number } }) {
  return (
    <Group gap="xs" wrap="nowrap" justify="flex-end">
      <svg
        viewBox={`-1 -2 ${frame.width + 2} ${frame.height + 4}`}
        width={frame.width}
        height={frame.height + 4}
        aria-hidden
      >
        <path
          d={sparkPath(sizes, { ...frame, ...span })}
          fill="none"
          stroke="var(--mantine-color-anchor)"
          strokeWidth={1.5}
        />
      </svg>
      <Text size="sm" className="quiet figures" w={64} ta="right">
        {formatChange(changeOf(sizes))}
      </Text>
    </Group>
  );
}

import { Stack, Text } from '@mantine/core';
import { formatCount } from '../text/en.ts';
import classes from './figures.module.css';

interface Figure {
  readonly label: string;
  readonly count: number;
}

/** Counts below each other, each with what it counts; a total stands under those that it adds up. */
export function Figures(props: { caption?: string; figures: readonly Figure[]; total?: Figure }) {
  const { caption, figures, total } = props;
  return (
    <Stack gap="xs">
      {caption !== undefined && (
        <Text fw={600} size="sm">
          {caption}
        </Text>
      )}
      <dl className={classes.figures}>
        {figures.map((figure) => (
          <Row key={figure.label} figure={figure} />
        ))}
        {total !== undefined && <Row figure={total} isTotal />}
      </dl>
    </Stack>
  );
}

function Row({ figure: { label, count }, isTotal = false }: { figure: Figure; isTotal?: boolean }) {
  return (
    <div className={classes.row} data-total={isTotal}>
      <dt>{label}</dt>
      <dd className="figures">{formatCount(count)}</dd>
    </div>
  );
}

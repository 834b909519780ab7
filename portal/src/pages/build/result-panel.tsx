import { Divider, Loader, Stack, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { ProblemState } from '../../parts/states.tsx';
import { formatCount, formatPercent } from '../../text/en.ts';
import classes from './builder.module.css';
import { useBuilder } from './builder-context.tsx';
import { Compare } from './compare.tsx';
import { Funnel } from './funnel.tsx';
import { text } from './text.ts';
import type { Counted } from './use-estimate.ts';

/** What the criteria find, beside them all the time. */
export function ResultPanel({ counted }: { counted: Counted }) {
  const { criteria } = useBuilder();
  const { estimate, isOutdated, problem, retry, written } = counted;
  const isSlow = useSlow(isOutdated && problem === null && counted.faults.size === 0);
  return (
    <section className={classes.panel} aria-label={text.result.label}>
      <Stack gap="md">
        <div>
          <Title order={2} size="sm" fw={600}>
            {text.result.heading} {isSlow && <Loader size={12} ml={6} aria-label={text.result.counting} />}
          </Title>
          <Figure counted={counted} />
          {written.incomplete.length > 0 && (
            <Text size="sm" className="quiet" mt={4}>
              {text.result.incomplete(written.incomplete.length)}
            </Text>
          )}
          {counted.faults.size > 0 && (
            <Text size="sm" className={classes.fault} mt={4}>
              {text.result.outdated}
            </Text>
          )}
        </div>
        {problem !== null && <ProblemState error={problem} retry={retry} />}
        {estimate !== undefined && criteria.parts.length > 0 && (
          <>
            <Divider />
            <Funnel estimate={estimate} isOutdated={isOutdated} />
          </>
        )}
        <Divider />
        <Compare filters={written.filters} />
      </Stack>
    </section>
  );
}

function Figure({ counted: { estimate, isOutdated } }: { counted: Counted }) {
  const { criteria } = useBuilder();
  if (estimate === undefined) {
    return (
      <Text component="div" className={classes.figure} aria-hidden>
        –
      </Text>
    );
  }
  const { customerCount, baseCustomerCount } = estimate;
  const share = baseCustomerCount === 0 ? 0 : customerCount / baseCustomerCount;
  return (
    <div className={isOutdated ? classes.outdated : undefined}>
      <Text component="div" className={`${classes.figure} figures`} data-count={isOutdated ? undefined : customerCount}>
        {formatCount(customerCount)}
      </Text>
      <Text size="sm" className="quiet">
        {criteria.parts.length === 0 ? text.result.nothing : text.result.base(formatPercent(share), baseCustomerCount)}
      </Text>
      <Text
        role="status"
        style={{ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' }}
      >
        {isOutdated ? '' : text.result.told(customerCount, baseCustomerCount)}
      </Text>
    </div>
  );
}

const slowMs = 300;

/** What is there sooner needs no sign of life. */
function useSlow(isWaiting: boolean): boolean {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!isWaiting) return;
    const timer = setTimeout(() => setSlow(true), slowMs);
    return () => clearTimeout(timer);
  }, [isWaiting]);
  return isSlow;
}

import { Divider, Loader, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import { ProblemState } from '../../parts/states.tsx';
import { formatCount, formatPercent } from '../../text/en.ts';
import classes from './builder.module.css';
import { Compare } from './compare.tsx';
import type { CountedCriteria } from './faults.ts';
import { Funnel } from './funnel.tsx';
import { text } from './text.ts';
import type { Counted } from './use-estimate.ts';

/** What the criteria find, beside them all the time. */
export function ResultPanel({ counted }: { counted: Counted }) {
  const { last, isOutdated, problem, retry, written, faults } = counted;
  const isSlow = useSlow(isOutdated && problem === null && faults.size === 0);
  return (
    <section className={classes.panel} aria-label={text.result.label}>
      <Stack gap="md">
        <div>
          <Title order={2} size="sm" fw={600}>
            {text.result.heading} {isSlow && <Loader size={12} ml={6} aria-hidden />}
          </Title>
          <Figure last={last} isOutdated={isOutdated} isSlow={isSlow} />
          {written.incomplete.length > 0 && (
            <Text size="sm" className="quiet" mt={4}>
              {text.result.incomplete(written.incomplete.length)}
            </Text>
          )}
          {faults.size > 0 && (
            <Text size="sm" className={classes.fault} mt={4}>
              {text.result.outdated}
            </Text>
          )}
        </div>
        {problem !== null && <ProblemState error={problem} retry={retry} />}
        {last !== undefined && last.criteria.parts.length > 0 && (
          <>
            <Divider />
            <Funnel last={last} />
          </>
        )}
        <Divider />
        <Compare filters={written.filters} />
      </Stack>
    </section>
  );
}

function Figure(props: { last: CountedCriteria | undefined; isOutdated: boolean; isSlow: boolean }) {
  const { last, isOutdated, isSlow } = props;
  if (last === undefined) {
    return (
      <Text component="div" className={classes.figure} aria-hidden>
        –
      </Text>
    );
  }
  const { customerCount, baseCustomerCount } = last.estimate;
  const share = baseCustomerCount === 0 ? 0 : customerCount / baseCustomerCount;
  return (
    <div>
      <Text component="div" className={`${classes.figure} figures`} data-count={isOutdated ? undefined : customerCount}>
        {formatCount(customerCount)}
      </Text>
      <Text size="sm" className="quiet">
        {last.criteria.parts.length === 0
          ? text.result.nothing
          : text.result.base(formatPercent(share), baseCustomerCount)}
      </Text>
      <VisuallyHidden role="status">
        {isSlow && text.result.counting}
        {!isOutdated && text.result.told(customerCount, baseCustomerCount)}
      </VisuallyHidden>
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

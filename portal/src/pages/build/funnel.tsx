import { Group, Text, Title } from '@mantine/core';
import { formatCount, text as shared } from '../../text/en.ts';
import classes from './builder.module.css';
import { useBuilder } from './builder-context.tsx';
import type { CountedCriteria } from './faults.ts';
import { text } from './text.ts';
import { sayClause } from './words.ts';

/** One bar a clause, in their order: how many are left after it, and how many it matches by itself. */
export function Funnel({ last }: { last: CountedCriteria }) {
  const { words } = useBuilder();
  const { funnel, baseCustomerCount } = last.estimate;
  const steps = funnel.flatMap((step, index) => {
    const clause = last.criteria.parts[step.ordinal];
    const before = funnel[index - 1]?.remainingCount ?? baseCustomerCount;
    return clause === undefined ? [] : [{ ...step, clause, before }];
  });
  return (
    <div>
      <Title order={2} size="sm" fw={600} mb={2}>
        {text.funnel.heading}
      </Title>
      <Group gap="md" mb="sm">
        {[
          { look: classes.left, said: text.funnel.leftKey },
          { look: classes.alone, said: text.funnel.aloneKey },
        ].map(({ look, said }) => (
          <Text key={said} size="xs" className="quiet">
            <span className={`${classes.swatch} ${look}`} aria-hidden />
            {said}
          </Text>
        ))}
      </Group>
      <ol className={classes.steps}>
        <li>
          <StepHead said={text.funnel.everybody} count={baseCustomerCount} unit="" />
          <Bar left={1} alone={1} />
        </li>
        {steps.map((step) => (
          <li key={step.clause.id} data-step={step.clause.id}>
            <StepHead said={sayClause(step.clause, words)} count={step.remainingCount} unit={text.funnel.left} />
            <Bar left={step.remainingCount / baseCustomerCount} alone={step.customerCount / baseCustomerCount} />
            <Text size="xs" className="quiet figures" mt={2}>
              {text.funnel.alone(step.customerCount)}
            </Text>
            {step.remainingCount === 0 && <Emptied step={step} />}
          </li>
        ))}
      </ol>
    </div>
  );
}

function StepHead({ said, count, unit }: { said: string; count: number; unit: string }) {
  return (
    <Group justify="space-between" wrap="nowrap" align="baseline" gap="sm">
      <Text size="sm" lineClamp={3}>
        {said}
      </Text>
      <Text size="sm" fw={600} className="figures" style={{ whiteSpace: 'nowrap' }}>
        {formatCount(count)} <span className={classes.unit}>{unit}</span>
      </Text>
    </Group>
  );
}

function Bar({ left, alone }: { left: number; alone: number }) {
  return (
    <div className={classes.bar} aria-hidden>
      <span className={classes.alone} style={{ width: `${100 * alone}%` }} />
      <span className={classes.left} style={{ width: `${100 * left}%` }} />
    </div>
  );
}

/** In words why nobody is left: this clause by itself, this clause with those before, or one before it. */
function Emptied({ step }: { step: { before: number; customerCount: number } }) {
  if (step.before === 0) {
    return (
      <Text size="xs" className="quiet">
        {text.funnel.nothingToDo}
      </Text>
    );
  }
  return (
    <Text size="sm" fw={550} className={classes.warning}>
      {step.customerCount === 0 ? text.funnel.emptiedAlone : text.funnel.emptiedByThis(shared.customers(step.before))}
    </Text>
  );
}

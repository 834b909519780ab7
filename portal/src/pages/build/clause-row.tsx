import { Select, Text, Tooltip } from '@mantine/core';
import { IconScale } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { text as criteriaText } from '../../parts/criteria/text.ts';
import classes from './builder.module.css';
import { useBuilder } from './builder-context.tsx';
import { ClauseHandle } from './clause-handle.tsx';
import { ClauseMenu } from './clause-menu.tsx';
import { ClauseNotes } from './clause-notes.tsx';
import { changeLeaf, type FilterType, type Leaf } from './criteria.ts';
import { NotChip } from './not-chip.tsx';
import { arityOf, isOfDays, typeOf, valuesUnder } from './operators.ts';
import { text } from './text.ts';
import { ValueInput } from './value-input.tsx';
import { nameClause } from './words.ts';

const Histogram = lazy(() => import('./histogram.tsx'));

/** One criterion in a line: what it is about, how it compares, and with what. */
export function LeafFields({ leaf }: { leaf: Leaf }) {
  const { types } = useBuilder();
  const type = typeOf(types, leaf);
  return (
    <>
      <div className={classes.fields}>
        <ClauseHandle clause={leaf} />
        <Subject leaf={leaf} type={type} />
        {type !== undefined && (
          <div className={classes.question}>
            <OperatorInput leaf={leaf} type={type} />
            <div className={classes.value} data-part="value">
              <ValueInput leaf={leaf} type={type} />
            </div>
          </div>
        )}
        <ClauseMenu clause={leaf} />
      </div>
      {type !== undefined && hasHistogram(leaf, type) && (
        <Suspense fallback={null}>
          <Histogram leaf={leaf} type={type} />
        </Suspense>
      )}
      <ClauseNotes clause={leaf} />
    </>
  );
}

function Subject({ leaf, type }: { leaf: Leaf; type: FilterType | undefined }) {
  const { words } = useBuilder();
  return (
    <div className={classes.subject}>
      {leaf.isNegated && <NotChip clause={leaf} />}
      <Tooltip label={type?.description} disabled={type === undefined} multiline maw={320} openDelay={400}>
        <Text fw={550} size="sm" truncate>
          {nameClause(leaf, words)}
        </Text>
      </Tooltip>
      {type?.fairLending !== undefined && (
        <Tooltip label={`${text.restricted}. ${type.fairLending.reason}`} multiline maw={320}>
          <IconScale size={14} className="quiet" role="img" aria-label={text.restricted} style={{ flex: 'none' }} />
        </Tooltip>
      )}
    </div>
  );
}

function OperatorInput({ leaf, type }: { leaf: Leaf; type: FilterType }) {
  const { change } = useBuilder();
  return (
    <Select
      className={classes.operator}
      size="sm"
      aria-label={text.operatorLabel(type.label)}
      allowDeselect={false}
      withCheckIcon={false}
      data={type.operators.map((operator) => ({
        value: operator,
        label: criteriaText.operator(operator, type.dataType),
      }))}
      value={leaf.operator}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      onChange={(chosen) => {
        const operator = type.operators.find((known) => known === chosen);
        if (operator === undefined) return;
        change(changeLeaf(leaf.id, { operator, values: valuesUnder(operator, leaf.operator, leaf.values) }));
      }}
    />
  );
}

/** Where a range is chosen it helps to see where the customers are. */
function hasHistogram({ operator }: Leaf, { dataType }: FilterType): boolean {
  const arity = arityOf(operator);
  return (
    ['integer', 'decimal', 'date'].includes(dataType) && (arity === 'one' || arity === 'two') && !isOfDays(operator)
  );
}

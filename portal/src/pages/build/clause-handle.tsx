import { UnstyledButton } from '@mantine/core';
import { IconGripVertical } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import classes from './builder.module.css';
import { useBuilder } from './builder-context.tsx';
import { type Clause, placeOf } from './criteria.ts';
import { moveStep, type Step } from './criteria-move.ts';
import { text } from './text.ts';
import { useRemoval } from './use-removal.ts';
import { nameClause } from './words.ts';

const stepOfKey: Record<string, Step> = { ArrowUp: 'up', ArrowDown: 'down', ArrowRight: 'in', ArrowLeft: 'out' };

/** Moves a clause: dragged by a pointer, or by the arrow keys while it has the focus. */
export function ClauseHandle({ clause }: { clause: Clause }) {
  const { words, drag } = useBuilder();
  const move = useMove(clause);
  const removal = useRemoval(clause);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = stepOfKey[event.key];
    if (step === undefined && event.key !== 'Delete') return;
    event.preventDefault();
    if (step === undefined) removal();
    else move(step, 'handle');
  };
  return (
    <UnstyledButton
      className={classes.handle}
      data-part="handle"
      aria-label={text.drag(nameClause(clause, words))}
      title={text.dragHint}
      onKeyDown={onKeyDown}
      {...drag.handlers(clause.id)}
    >
      <IconGripVertical size={16} aria-hidden />
    </UnstyledButton>
  );
}

/** Moves a clause one step, follows it with the focus and says where it is now. */
export function useMove(clause: Clause): (step: Step, part: 'handle' | 'menu') => void {
  const { criteria, change, words } = useBuilder();
  return (step, part) => {
    const moved = moveStep(clause.id, step)(criteria);
    const place = placeOf(moved, clause.id);
    const name = nameClause(clause, words);
    const said =
      moved === criteria || place === undefined
        ? text.cannot
        : text.moved(name, place.index + 1, place.group.parts.length);
    change(() => moved, { focus: { id: clause.id, part }, said });
  };
}

import { UnstyledButton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import classes from './builder.module.css';
import { useBuilder } from './builder-context.tsx';
import { type Clause, negate } from './criteria.ts';
import { text } from './text.ts';
import { nameClause } from './words.ts';

/** Says that a clause is negated; a press takes the negation away. */
export function NotChip({ clause }: { clause: Clause }) {
  const { change, words } = useBuilder();
  return (
    <UnstyledButton
      className={classes.not}
      aria-label={text.removeNot(nameClause(clause, words))}
      onClick={() => change(negate(clause.id), { focus: { id: clause.id, part: 'menu' } })}
    >
      {text.not}
      <IconX size={12} aria-hidden />
    </UnstyledButton>
  );
}

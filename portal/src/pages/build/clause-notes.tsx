import { Text } from '@mantine/core';
import classes from './builder.module.css';
import { useBuilder } from './builder-context.tsx';
import type { Clause } from './criteria.ts';
import { isComplete, isDescending, typeOf } from './operators.ts';
import { text } from './text.ts';

/** What is to be said of a clause: what is wrong with it, that it empties the audience, that it asks nothing yet. */
export function ClauseNotes({ clause }: { clause: Clause }) {
  const { faultOf, emptiedBy, types } = useBuilder();
  const fault = clause.kind === 'leaf' && typeOf(types, clause) === undefined ? text.unknownType : faultOf(clause.id);
  const notes = [
    fault !== undefined && { kind: 'fault', said: fault },
    clause.kind === 'leaf' && orderFault(clause),
    emptiedBy === clause.id && { kind: 'warning', said: text.funnel.emptied },
    clause.kind === 'leaf' && clause.includesMissing && { kind: 'plain', said: text.includesMissing },
  ].filter((note) => note !== false && note !== undefined);
  if (notes.length === 0) return null;
  return (
    <div className={classes.notes} role="status">
      {notes.map(({ kind, said }) => (
        <Text key={said} size="sm" className={kind === 'plain' ? 'quiet' : classes[kind]}>
          {said}
        </Text>
      ))}
    </div>
  );
}

function orderFault(clause: Extract<Clause, { kind: 'leaf' }>) {
  const { operator, values } = clause;
  if (operator === 'between' && isDescending(values)) return { kind: 'fault', said: text.descending };
  // Whoever has just added it sees the empty field; with one bound of two it is said.
  return !isComplete(clause) && values.some((value) => value !== '') && { kind: 'plain', said: text.incomplete };
}

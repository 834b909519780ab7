import { useBuilder } from './builder-context.tsx';
import { type Clause, placeOf, remove, rootId } from './criteria.ts';
import { text } from './text.ts';
import { nameClause } from './words.ts';

/** Takes a clause out; the focus goes to the one that is then at its place, else to the one before or the group. */
export function useRemoval(clause: Clause): () => void {
  const { criteria, change, words } = useBuilder();
  return () => {
    const place = placeOf(criteria, clause.id);
    const beside = place?.group.parts[place.index + 1] ?? place?.group.parts[place.index - 1];
    const id = beside?.id ?? place?.group.id ?? rootId;
    change(remove(clause.id), { focus: { id, part: 'menu' }, said: text.removed(nameClause(clause, words)) });
  };
}

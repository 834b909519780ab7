import { useQueries } from '@tanstack/react-query';
import { principalQuery } from '../api/principals.ts';
import { useSession } from '../app/session.tsx';
import { text } from '../text/en.ts';

/**
 * Says who did something: "You", a name, or the id where the institution knows no name (any more). All that a view asks
 * about at once is one request.
 */
export function useActorNames(ids: readonly string[]): (id: string) => string {
  const { person } = useSession();
  const asked = [...new Set(ids)].filter((id) => id !== person.id && id !== operatorId);
  const names = useQueries({
    queries: asked.map(principalQuery),
    combine: (answers) =>
      // An id that turns into a name a moment later would make the line jump.
      new Map(answers.map(({ data, isPending }, index) => [asked[index], isPending ? text.actors.naming : data?.name])),
  });
  return (id) => {
    if (id === person.id) return text.actors.you;
    return id === operatorId ? text.actors.operator : (names.get(id) ?? id);
  };
}

/** Who runs the server, by its command line. */
const operatorId = 'operator';

import { ConfirmDialog } from '../../../parts/dialog.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { type Person, peopleCalls, type SignInLink } from './people-calls.ts';
import type { PersonAct } from './people-table.tsx';
import { text } from './text.ts';

interface Props {
  readonly act: Exclude<PersonAct, 'change'>;
  readonly person: Person;
  readonly close: () => void;
  readonly linkMade: (person: Person, link: SignInLink) => void;
}

const said = {
  resetSecondFactor: text.said.reset,
  endSessions: text.said.ended,
  disable: text.said.disabled,
  erase: text.said.erased,
} as const;

/** Asks before what shuts somebody out, and before what lets somebody in. */
export function AskPerson({ act, person, close, linkMade }: Props) {
  const words = text.ask[act];
  const doIt = useChange({
    change: async () => {
      if (act === 'link') return await peopleCalls.makeLink(person.id);
      await peopleCalls[act](person.id);
      return undefined;
    },
    refreshes: [['people']],
    ...(act === 'link' ? {} : { says: () => said[act](person.name) }),
    showsProblemItself: true,
    onDone: (link) => (link === undefined ? close() : linkMade(person, link)),
  });
  return (
    <ConfirmDialog
      title={words.title(person.name)}
      body={words.body}
      confirmLabel={words.confirm}
      confirm={() => doIt.mutate(undefined)}
      close={close}
      isBusy={doIt.isPending}
      error={doIt.error}
      isGrave={act !== 'link'}
    />
  );
}

import { ConfirmDialog } from '../../../parts/dialog.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { type Application, applicationCalls, type Credentials } from './application-calls.ts';
import { text } from './text.ts';

export type ApplicationAct = 'key' | 'disableKey' | 'disable' | 'delete';

interface Props {
  readonly act: ApplicationAct;
  readonly application: Application;
  readonly close: () => void;
  readonly made: (credentials: Credentials) => void;
}

const said = { disableKey: text.said.keyDisabled, disable: text.said.disabled, delete: text.said.deleted } as const;

/** Asks before what makes the application's calls fail. */
export function AskApplication({ act, application, close, made }: Props) {
  const { id, name } = application;
  const words = text.ask[act];
  const doIt = useChange({
    change: async () => {
      if (act === 'key') return await applicationCalls.makeKey(id);
      await applicationCalls[act](id);
      return undefined;
    },
    refreshes: [['applications']],
    ...(act === 'key' ? {} : { says: () => said[act](name) }),
    showsProblemItself: true,
    onDone: (key) => (key === undefined ? close() : made({ application, key })),
  });
  return (
    <ConfirmDialog
      title={words.title(name)}
      body={words.body}
      confirmLabel={words.confirm}
      confirm={() => doIt.mutate(undefined)}
      close={close}
      isBusy={doIt.isPending}
      error={doIt.error}
      isGrave={act !== 'key'}
    />
  );
}

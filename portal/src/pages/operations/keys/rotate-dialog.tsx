import { Text } from '@mantine/core';
import { answered, api } from '../../../api/client.ts';
import { FormDialog } from '../../../parts/dialog.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { type Key, keyName } from './key-words.ts';
import { text } from './text.ts';

/** Says what a rotation does before it begins: nothing stops it then. */
export function RotateDialog({ of, close }: { of: Key; close: () => void }) {
  const { kind, identifierType } = of;
  const rotate = useChange({
    change: () => {
      const body = { kind, ...(identifierType === undefined ? {} : { identifierType }) };
      return answered(api.POST('/service/keyRotations', { body }));
    },
    refreshes: [['keyRotations']],
    says: () => text.started,
    showsProblemItself: true,
    onDone: close,
  });
  return (
    <FormDialog
      title={text.ask.title(keyName(of))}
      close={close}
      submit={() => rotate.mutate(undefined)}
      submitLabel={text.ask.confirm}
      isBusy={rotate.isPending}
      error={rotate.error}
    >
      {[text.ask.body[kind], text.ask.meanwhile, text.ask.when].map((paragraph) => (
        <Text key={paragraph} size="sm">
          {paragraph}
        </Text>
      ))}
    </FormDialog>
  );
}

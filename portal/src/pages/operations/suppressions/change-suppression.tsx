import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answered, answeredWithTag, api, done } from '../../../api/client.ts';
import { ConfirmDialog, Dialog, FormDialog } from '../../../parts/dialog.tsx';
import { LoadingState, ProblemState } from '../../../parts/states.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { UntilInput } from './add-suppression.tsx';
import type { Suppression } from './new-suppression.ts';
import { text } from './text.ts';

function read(suppressionId: string) {
  return answeredWithTag(api.GET('/service/suppressions/{suppressionId}', { params: { path: { suppressionId } } }));
}

/** Its name and its last day; the channel stays. */
export function ChangeSuppression({ suppressionId, close }: { suppressionId: string; close: () => void }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['suppressions', 'one', suppressionId],
    queryFn: () => read(suppressionId),
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  if (data !== undefined) return <ChangeForm row={data.data} tag={data.tag} close={close} />;
  return (
    <Dialog title={text.change} close={close}>
      {error === null ? <LoadingState /> : <ProblemState error={error} retry={refetch} />}
    </Dialog>
  );
}

function ChangeForm({ row, tag, close }: { row: Suppression; tag: string; close: () => void }) {
  const [name, setName] = useState(row.name);
  const [expiresOn, setExpiresOn] = useState(row.expiresOn ?? '');
  const save = useChange({
    change: () => {
      const params = { path: { suppressionId: row.id }, header: { 'if-match': tag } };
      const body = { name: name.trim(), expiresOn: expiresOn === '' ? null : expiresOn };
      return answered(api.PATCH('/service/suppressions/{suppressionId}', { params, body }));
    },
    refreshes: [['suppressions']],
    says: () => text.changed(name.trim()),
    showsProblemItself: true,
    onDone: close,
  });
  return (
    <FormDialog
      title={row.name}
      close={close}
      submit={() => save.mutate(undefined)}
      submitLabel={text.form.save}
      isBusy={save.isPending}
      isDisabled={name.trim() === ''}
      error={save.error}
    >
      <TextInput
        label={text.form.name}
        value={name}
        maxLength={80}
        required
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <UntilInput value={expiresOn} change={setExpiresOn} />
    </FormDialog>
  );
}

/** It makes customers contactable again, so it asks, and says how many. */
export function DeleteSuppression({ row, close }: { row: Suppression; close: () => void }) {
  const remove = useChange({
    change: async () => {
      const { tag } = await read(row.id);
      const params = { path: { suppressionId: row.id }, header: { 'if-match': tag } };
      await done(api.DELETE('/service/suppressions/{suppressionId}', { params }));
    },
    refreshes: [['suppressions']],
    says: () => text.deleted(row.name),
    showsProblemItself: true,
    onDone: close,
  });
  return (
    <ConfirmDialog
      title={text.confirmTitle(row.name)}
      body={text.confirm(row.customerCount)}
      close={close}
      confirm={() => remove.mutate(undefined)}
      confirmLabel={text.delete}
      isBusy={remove.isPending}
      error={remove.error}
    />
  );
}

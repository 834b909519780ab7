import { Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../../parts/dialog.tsx';
import { text } from './text.ts';

/** No unmasked value without a reason, which the audit trail keeps. */
export function RevealDialog({ reveal, close }: { reveal: (reason: string) => void; close: () => void }) {
  const [reason, setReason] = useState('');
  return (
    <FormDialog
      title={text.revealDialog.title}
      close={close}
      submit={() => reveal(reason.trim())}
      submitLabel={text.revealDialog.action}
      isBusy={false}
      isDisabled={reason.trim() === ''}
      error={null}
    >
      <Text size="sm">{text.revealDialog.lead}</Text>
      <TextInput
        label={text.revealDialog.reason}
        placeholder={text.revealDialog.placeholder}
        required
        maxLength={200}
        data-autofocus
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
    </FormDialog>
  );
}

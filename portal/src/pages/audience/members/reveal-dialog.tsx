import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { text } from './text.ts';

/** No unmasked value without a reason, which the audit trail keeps. */
export function RevealDialog({ reveal, onClose }: { reveal: (reason: string) => void; onClose: () => void }) {
  const [reason, setReason] = useState('');
  return (
    <Modal opened onClose={onClose} title={text.revealDialog.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '') reveal(reason.trim());
        }}
      >
        <Stack>
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
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {text.revealDialog.cancel}
            </Button>
            <Button type="submit" disabled={reason.trim() === ''}>
              {text.revealDialog.action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

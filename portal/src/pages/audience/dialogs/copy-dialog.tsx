import { Radio, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type Audience, answered, api } from '../../../api/client.ts';
import { FormDialog } from '../../../parts/dialog.tsx';
import { useAudienceChanged } from '../audience-query.ts';
import { text } from './text.ts';

interface Props {
  readonly audience: Audience;
  readonly close: () => void;
}

type What = 'criteria' | 'members' | 'other';

/** Makes another audience of this one: of its criteria, or of its members as they are or were. */
export function CopyDialog({ audience, close }: Props) {
  const { version: looked } = useSearch({ from: '/audiences/$audienceId' });
  const other = looked === audience.version ? undefined : looked;
  const [name, setName] = useState(() => text.copy.name(audience.name));
  const [what, setWhat] = useState<What>(audience.kind === 'filtered' ? 'criteria' : 'members');
  const copy = useCopy({ audience, close });
  const isChoice = audience.kind === 'filtered' || other !== undefined;
  return (
    <FormDialog
      title={text.copy.title}
      close={close}
      submit={() => copy.mutate({ name: name.trim(), what, version: other })}
      submitLabel={text.copy.action}
      isBusy={copy.isPending}
      isDisabled={name.trim() === ''}
      error={copy.error}
    >
      <Text size="sm">{text.copy.lead}</Text>
      <TextInput
        label={text.name}
        required
        maxLength={80}
        data-autofocus
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      {isChoice && (
        <Radio.Group label={text.copy.what} value={what} onChange={(value) => setWhat(whatOf(value))}>
          <Stack gap="xs" mt="xs">
            {audience.kind === 'filtered' && <Radio value="criteria" label={text.copy.criteria} />}
            <Radio value="members" label={text.copy.members(audience.version, audience.customerCount)} />
            {other !== undefined && <Radio value="other" label={text.copy.other(other)} />}
          </Stack>
        </Radio.Group>
      )}
    </FormDialog>
  );
}

function whatOf(value: string): What {
  return value === 'criteria' || value === 'other' ? value : 'members';
}

function useCopy({ audience, close }: Props) {
  const changed = useAudienceChanged();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ name, what, version }: { name: string; what: What; version: number | undefined }) => {
      const isFrozen = what === 'members' && audience.kind === 'filtered';
      const query = { copyOf: audience.id, ...(what === 'other' && version !== undefined ? { version } : {}) };
      const body = { name, ...(isFrozen ? { freeze: true } : {}) };
      return await answered(api.POST('/service/customerAudiences', { params: { query }, body }));
    },
    onSuccess: async (made) => {
      await changed();
      notifications.show({ message: text.copy.done(made.name, made.customerCount) });
      close();
      await navigate({ to: '/audiences/$audienceId', params: { audienceId: made.id } });
    },
  });
}

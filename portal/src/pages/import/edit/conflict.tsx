import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ButtonLink } from '../../../parts/link.tsx';
import { Notice } from '../notice.tsx';
import { importStore } from '../use-import.ts';
import { editedQuery } from './edited-query.ts';
import { text } from './text.ts';

/** Between the check and the replace the audience became another: nothing was done, and what to do about it. */
export function EditConflict({ audienceId }: { audienceId: string }) {
  const { data } = useQuery({ ...editedQuery(audienceId), staleTime: 0 });
  return (
    <Notice tone="orange" isUrgent title={text.conflict.title}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">
          {text.conflict.body} {data !== undefined && text.conflict.now(data.customerCount, data.version)}
        </Text>
        <Group gap="sm">
          <Button size="xs" variant="default" onClick={() => void importStore.check()}>
            {text.conflict.again}
          </Button>
          <ButtonLink
            size="xs"
            variant="default"
            to="/audiences/$audienceId"
            params={{ audienceId }}
            search={{ tab: 'history' }}
          >
            {text.conflict.look}
          </ButtonLink>
        </Group>
      </Stack>
    </Notice>
  );
}

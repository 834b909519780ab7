import { Button, Group, Stack, Text } from '@mantine/core';
import { useWindowEvent } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { leaveForSignIn, signedOut } from '../api/client.ts';
import { baseAddress } from '../api/connection.ts';
import { Dialog } from '../parts/dialog.tsx';
import { text } from '../text/en.ts';

/** The session ended under an open page: what was typed there must not go with it. */
export function SignedOutDialog() {
  const queryClient = useQueryClient();
  // Somebody comes back from the tab in which they have signed in.
  useWindowEvent('focus', async () => {
    await queryClient.refetchQueries({ queryKey: ['session'] });
    if (signedOut.get()) return;
    await queryClient.invalidateQueries({ predicate: ({ state }) => state.status === 'error' });
  });
  const { title, body, here, newTab } = text.session.ended;
  return (
    <Dialog title={title} close={leaveForSignIn} isHeld>
      <Stack gap="md">
        <Text size="sm">{body}</Text>
        <Group justify="flex-end">
          <Button component="a" variant="default" href={`${baseAddress}/session/sign-in`} target="_blank">
            {newTab}
          </Button>
          <Button onClick={leaveForSignIn}>{here}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

interface Way {
  readonly message: string;
  /** What the press does. */
  readonly label: string;
  readonly go: () => void;
}

/**
 * Says what has happened, with a way on from there or back. Notifications stand outside of the views: a link of the
 * router does not work in them, but what a view hands over does.
 */
export function notifyWithWay({ message, label, go }: Way): void {
  const id = notifications.show({
    autoClose: 8_000,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="subtle"
          flex="none"
          onClick={() => {
            notifications.hide(id);
            go();
          }}
        >
          {label}
        </Button>
      </Group>
    ),
  });
}

import { Button, Group, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { connection, useConnection } from '../api/connection.ts';
import { text } from '../text/en.ts';
import classes from './connection-bar.module.css';

/** Says while the server cannot be reached what that means for what stands on the page; above dialogs too. */
export function ConnectionBar() {
  const state = useConnection();
  return (
    <div role="status">
      {state !== 'reached' && (
        <div className={classes.bar} data-connection="lost">
          <Group gap="sm" wrap="nowrap">
            <IconPlugConnectedX size={20} aria-hidden className={classes.icon} />
            <Text size="sm">
              <b>{text.connection[state]}</b> {text.connection.meaning}
            </Text>
          </Group>
          {state === 'unreachable' && (
            <Button size="xs" variant="default" flex="0 0 auto" onClick={() => void connection.look()}>
              {text.connection.retry}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

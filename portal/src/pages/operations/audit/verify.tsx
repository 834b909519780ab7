import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { Link } from '../../../parts/link.tsx';
import { CopyValue } from '../../../parts/shown-once.tsx';
import { text } from './text.ts';

/** The API has no way to verify: the key of the chain is with who runs the server. */
export function Verify() {
  const { title, lead, command, label, after, guide } = text.verify;
  return (
    <Paper withBorder p="lg">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text size="sm">{lead}</Text>
        <Group gap="sm">
          <Text component="code" ff="monospace" size="sm">
            {command}
          </Text>
          <CopyValue label={label} value={command} />
        </Group>
        <Text size="sm" className="quiet">
          {after}{' '}
          <Link to="/help/$kind/$name" params={{ kind: 'operations', name: 'audit' }} size="sm" underline="always">
            {guide}
          </Link>
        </Text>
      </Stack>
    </Paper>
  );
}
